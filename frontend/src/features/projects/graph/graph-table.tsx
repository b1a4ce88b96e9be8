/** The same projects as rows, for narrow screens, screen readers, and whoever looks for one. */
import { useState } from "react";
import { Link } from "react-router";
import { DataTable, optional, optionalRight, right } from "@/components/data-table";
import { Empty } from "@/components/empty";
import { StateText } from "@/components/state-badge";
import classes from "@/components/table.module.css";
import { Time } from "@/components/time";
import type { WholeGraph } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { type GraphProject, stateOf } from "./graph-model";
import own from "./graph-page.module.css";

const PAGE = 100;

export function GraphTable({ graph, q }: { graph: WholeGraph; q: string }) {
  const [most, setMost] = useState(PAGE);
  const needle = q.trim().toLowerCase();
  const found = graph.nodes.filter((one) => `${one.name} ${one.owner ?? ""}`.toLowerCase().includes(needle));
  if (!found.length)
    return <Empty title="No project here">{needle ? `None is called like “${q}”.` : "Connect a project first."}</Empty>;
  return (
    <div className={own.table}>
      <DataTable
        label="Projects of the graph"
        columns={[
          "Last result",
          "Project",
          right("Waits for"),
          right("Sets off"),
          optional("Owner"),
          optional("CI"),
          optionalRight("When"),
        ]}
      >
        {found.slice(0, most).map((one) => (
          <ProjectRow key={one.id} project={one} />
        ))}
      </DataTable>
      {found.length > most && (
        <button type="button" className={own.choice} onClick={() => setMost(most + PAGE)}>
          Show more ({(found.length - most).toLocaleString("en")})
        </button>
      )}
    </div>
  );
}

function ProjectRow({ project }: { project: GraphProject }) {
  const state = stateOf(project);
  return (
    <tr>
      <td className={classes.state}>{state ? <StateText state={state} /> : <span className="muted">none yet</span>}</td>
      <td className={classes.wide}>
        <Link to={paths.graph(project.name)}>
          <strong>{project.name}</strong>
        </Link>
        {!project.enabled && <span className="muted"> off</span>}
      </td>
      <td className={`${classes.right} num`}>{project.upstream_count}</td>
      <td className={`${classes.right} num`}>{project.downstream_count}</td>
      <td className={classes.optional}>{project.owner ?? <span className="muted">–</span>}</td>
      <td className={classes.optional}>{project.ci}</td>
      <td className={`${classes.right} ${classes.optional}`}>
        <Time at={project.at} />
      </td>
    </tr>
  );
}

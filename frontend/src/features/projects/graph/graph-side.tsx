/** Beside the graph: the project that it is around, the form for a dependency, and what hangs together with nothing. */
import type { ReactNode } from "react";
import { Link } from "react-router";
import { StateBadge } from "@/components/state-badge";
import { Time } from "@/components/time";
import type { WholeGraph } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { type GraphProject, stateOf } from "./graph-model";
import classes from "./graph-page.module.css";

/** As many as can be read; the rest is a number that leads to the table. */
const NAMED = 100;

interface Props {
  graph: WholeGraph;
  orphans: readonly GraphProject[];
  focus: string | null;
  children: ReactNode;
}

export function GraphSide({ graph, orphans, focus, children }: Props) {
  const around = graph.nodes.find((one) => one.name === focus || one.id === focus);
  return (
    <aside className={classes.side} aria-label="Beside the graph">
      {children}
      {around && <Around project={around} />}
      {!focus && (
        <section>
          <h2>Not connected {orphans.length || ""}</h2>
          {orphans.length === 0 && <p className="muted">Every project waits for another one or sets one off.</p>}
          <ul className={classes.names}>
            {orphans.slice(0, NAMED).map((one) => (
              <li key={one.id}>
                <Link to={paths.project(one.name)}>{one.name}</Link>
              </li>
            ))}
          </ul>
          {orphans.length > NAMED && <p className="muted">and {orphans.length - NAMED} more, all in the table</p>}
        </section>
      )}
      {graph.total > graph.nodes.length && !focus && (
        <p className="muted">
          The first {graph.nodes.length.toLocaleString("en")} projects by name are shown; there are more. Look around
          one of them to see the others.
        </p>
      )}
    </aside>
  );
}

function Around({ project }: { project: GraphProject }) {
  const state = stateOf(project);
  return (
    <section>
      <h2>
        <Link to={paths.project(project.name)}>{project.name}</Link>
      </h2>
      <dl className={classes.facts}>
        <dt>Last result</dt>
        <dd>
          {state ? <StateBadge state={state} /> : "none yet"} {project.at && <Time at={project.at} />}
        </dd>
        <dt>Owner</dt>
        <dd>{project.owner ?? <span className="muted">none</span>}</dd>
        <dt>CI</dt>
        <dd>{project.ci}</dd>
        <dt>Waits for</dt>
        <dd className="num">{project.upstream_count}</dd>
        <dt>Sets off</dt>
        <dd className="num">{project.downstream_count}</dd>
      </dl>
    </section>
  );
}

import { Link } from "react-router";
import { DataTable, optional, optionalRight, unseen } from "@/components/data-table";
import { MiniTicks } from "@/components/mini-ticks";
import { StateText } from "@/components/state-badge";
import classes from "@/components/table.module.css";
import type { Activity, Project } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { asState } from "@/lib/states";
import { formatDuration } from "@/lib/time";
import own from "./projects.module.css";
import { StarButton } from "./star-button";

interface Props {
  projects: readonly Project[];
  /** By project id; comes after the projects. */
  activity: ReadonlyMap<string, Activity> | undefined;
}

export function ProjectRows({ projects, activity }: Props) {
  return (
    <DataTable
      label="Projects"
      columns={[
        unseen("Star"),
        "Last result",
        "Project",
        optional("CI"),
        "Last tree",
        optional("Last 20"),
        optionalRight("p50"),
        optionalRight(<span title="projects upstream / downstream">Up / down</span>),
        optional("Owner"),
      ]}
    >
      {projects.map((project) => (
        <Row key={project.id} project={project} activity={activity?.get(project.id)} />
      ))}
    </DataTable>
  );
}

function Row({ project, activity }: { project: Project; activity: Activity | undefined }) {
  return (
    <tr>
      <td className={own.starring}>
        <StarButton project={project} />
      </td>
      <td className={`${classes.nowrap} ${classes.state}`}>
        {project.last_result ? (
          <StateText state={asState(project.last_result.status)} />
        ) : (
          <span className="muted">none yet</span>
        )}
      </td>
      <td className={classes.wide}>
        <Link to={paths.project(project.name)}>
          <strong>{project.name}</strong>
        </Link>
        {project.demo && <span className={own.demo}>demo</span>}
        {!project.enabled && <span className={own.demo}>off</span>}
        <span className={own.under}>{project.repository_url ?? project.clone_url}</span>
      </td>
      <td className={`${classes.nowrap} ${classes.optional}`}>
        {project.target.kind === "agent" ? "own agents" : project.target.kind}
      </td>
      <td className={`${classes.nowrap} ${own.treeCell}`}>
        <LastTree tree={activity?.tree ?? null} />
      </td>
      <td className={`${classes.nowrap} ${classes.optional}`}>{activity && <MiniTicks last={activity.last} />}</td>
      <td className={`${classes.right} ${classes.optional} num`}>
        {activity?.p50_s == null ? <span className="muted">–</span> : formatDuration(activity.p50_s * 1000)}
      </td>
      <td className={`${classes.right} ${classes.optional} num`}>
        {project.upstream_count} / {project.downstream_count}
      </td>
      <td className={`${classes.nowrap} ${classes.optional}`}>{project.owner?.name}</td>
    </tr>
  );
}

/** Its state, and how many of its events are settled. */
function LastTree({ tree }: { tree: Activity["tree"] }) {
  if (!tree) return <span className="muted">–</span>;
  return (
    <Link to={paths.tree(tree.id)} className={own.lastTree}>
      <StateText state={asState(tree.state)} />{" "}
      <span className="num">
        {tree.event_count - tree.unfinished}/{tree.event_count}
      </span>
    </Link>
  );
}

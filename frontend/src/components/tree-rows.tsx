/** Event trees as rows of a table. */
import { Link } from "react-router";
import type { TreeSummary } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { asState, countStates, type State } from "@/lib/states";
import { Commit } from "./commit";
import { DataTable, optional, optionalRight, right } from "./data-table";
import { StateText } from "./state-badge";
import { StateBars } from "./state-bars";
import classes from "./table.module.css";
import { Duration, Time } from "./time";

export function TreeRows({ trees, label }: { trees: readonly TreeSummary[]; label: string }) {
  return (
    <DataTable
      label={label}
      columns={["State", "Tree", optional("Ref"), "Events", optionalRight("Duration"), right("Opened")]}
    >
      {trees.map((tree) => (
        <TreeRow key={tree.id} tree={tree} />
      ))}
    </DataTable>
  );
}

function TreeRow({ tree }: { tree: TreeSummary }) {
  const { root } = tree;
  const counts = stateCounts(tree);
  return (
    <tr>
      <td className={classes.state}>
        <StateText state={asState(tree.state)} />
      </td>
      <td className={classes.wide}>
        <Link to={paths.tree(tree.id)}>
          <strong>{root.project?.name ?? "Private project"}</strong>{" "}
          <span className={classes.message}>{root.message?.split("\n")[0]}</span>
        </Link>
        <Circumstances tree={tree} />
      </td>
      <td className={`${classes.nowrap} ${classes.optional}`}>
        <span className="muted">{root.tag ?? root.branch}</span> <Commit sha={root.commit} />
      </td>
      <td className={classes.nowrap}>
        <StateBars counts={counts} total={tree.event_count} />
      </td>
      <td className={`${classes.right} ${classes.optional}`}>
        <Duration from={tree.opened_at} to={tree.finished_at} />
      </td>
      <td className={classes.right}>
        <Time at={tree.opened_at} />
      </td>
    </tr>
  );
}

/** That the tree waits for its turn, and which event of another tree it came from. */
function Circumstances({ tree: { held, reason, cause } }: { tree: TreeSummary }) {
  if (!held && !cause) return null;
  const before = reason?.code === "held" ? reason.params.tree : null;
  return (
    <span className={`${classes.under} in-text`}>
      {held && "held until "}
      {held && (typeof before === "string" ? <Link to={paths.tree(before)}>the tree before it</Link> : "another")}
      {held && " has ended"}
      {held && cause && " · "}
      {cause && (
        <Link to={paths.event(cause.tree_id, cause.sub_id)}>set off by event {cause.sub_id} of another tree</Link>
      )}
    </span>
  );
}

function stateCounts(tree: TreeSummary): [State, number][] {
  const all = Object.entries(tree.counts).flatMap(([state, n]) => Array<State>(n).fill(asState(state)));
  return countStates(all);
}

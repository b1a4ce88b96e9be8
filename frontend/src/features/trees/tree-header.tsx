/** What a tree is, how it stands, and the tools to look at it. */
import { Commit } from "@/components/commit";
import { StateBadge } from "@/components/state-badge";
import type { Forecast, Tree, TreeGraph, TreeNumbers } from "@/lib/api/types";
import { asState, STATE_WORD } from "@/lib/states";
import { TreeActs } from "./acts/tree-acts";
import type { Acts } from "./acts/use-acts";
import { TreeFacts } from "./header/tree-facts";
import { TreeNote } from "./header/tree-note";
import { type Tools, TreeTools } from "./header/tree-tools";
import { countsOf, type TreeRow } from "./tree-model";
import classes from "./tree-page.module.css";

interface Props extends Tools {
  graph: TreeGraph;
  tree: Tree | undefined;
  rows: TreeRow[];
  failures: string[];
  forecast: Forecast | undefined;
  numbers: TreeNumbers | undefined;
  acts: Acts;
  onWhy(): void;
}

export function TreeHeader({ graph, tree, rows, failures, forecast, numbers, acts, onWhy, ...tools }: Props) {
  const state = asState(graph.state);
  const counts = countsOf(rows);
  const root = tree?.root;
  return (
    <header className={classes.header}>
      <div className={classes.title}>
        <StateBadge state={tree?.held ? "waiting" : state}>
          {tree?.held ? "held" : stateText(state, failures.length)}
        </StateBadge>
        <h1>{root?.project?.name ?? rows[0]?.name}</h1>
        <Commit sha={root?.commit} />
        {(root?.tag || root?.branch) && <span className="muted">{root.tag ?? root.branch}</span>}
        {root?.message && <span className={classes.message}>{root.message.split("\n")[0]}</span>}
        <span className={classes.actions}>
          <button type="button" className={classes.quiet} onClick={onWhy}>
            Why did … not run?
          </button>
          {tree?.may_act && <TreeActs rows={rows} acts={acts} />}
        </span>
      </div>
      <TreeFacts graph={graph} tree={tree} rows={rows} forecast={forecast} numbers={numbers} />
      <TreeNote tree={tree} refusal={acts.refusal(null)} />
      <TreeTools {...tools} rows={rows} counts={counts} failures={failures} forecast={forecast} />
    </header>
  );
}

function stateText(state: ReturnType<typeof asState>, failed: number): string {
  if (state === "running" && failed) return `running, ${failed} failed`;
  return STATE_WORD[state];
}

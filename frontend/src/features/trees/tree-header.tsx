/** What a tree is, how it stands, and the tools to look at it. */
import { Commit } from "@/components/commit";
import { StateBadge } from "@/components/state-badge";
import { StateIcon } from "@/components/state-icon";
import type { Forecast, Tree, TreeGraph, TreeNumbers } from "@/lib/api/types";
import { asState, STATE_WORD } from "@/lib/states";
import { formatDuration } from "@/lib/time";
import { TreeActs } from "./acts/tree-acts";
import type { Acts } from "./acts/use-acts";
import { TreeFacts } from "./header/tree-facts";
import { TreeNote } from "./header/tree-note";
import { TreeFilterBar } from "./tree-filter";
import { countsOf, type TreeRow } from "./tree-model";
import classes from "./tree-page.module.css";
import type { TreeAddress } from "./use-tree-address";

interface Props {
  graph: TreeGraph;
  tree: Tree | undefined;
  rows: TreeRow[];
  address: TreeAddress;
  failures: string[];
  forecast: Forecast | undefined;
  numbers: TreeNumbers | undefined;
  acts: Acts;
  onWalk(way: 1 | -1): void;
  onWhy(): void;
}

export function TreeHeader({ graph, tree, rows, address, failures, forecast, numbers, acts, onWalk, onWhy }: Props) {
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
          <TreeActs rows={rows} acts={acts} />
        </span>
      </div>
      <TreeFacts graph={graph} tree={tree} rows={rows} forecast={forecast} numbers={numbers} />
      <TreeNote tree={tree} refusal={acts.refusal(null)} />
      <div className={classes.tools}>
        <fieldset className={classes.views} style={{ margin: 0, padding: 0 }}>
          <legend className="sr-only">View</legend>
          <button
            type="button"
            aria-pressed={address.view === "graph"}
            onClick={() => address.setView("graph")}
            title="Graph (1)"
          >
            Graph
          </button>
          <button
            type="button"
            aria-pressed={address.view === "table"}
            onClick={() => address.setView("table")}
            title="Table (3)"
          >
            Table
          </button>
        </fieldset>
        <TreeFilterBar filter={address.filter} onChange={address.setFilter} states={counts.map(([one]) => one)} />
        {forecast && forecast.critical_path.length > 1 && (
          <button
            type="button"
            className={classes.toggle}
            aria-pressed={address.critical}
            onClick={() => address.setCritical(!address.critical)}
            title="The path that sets when the tree ends (c)"
          >
            Critical path <span className="muted num">{formatDuration(forecast.critical_s * 1000)}</span>
          </button>
        )}
        {failures.length > 0 && (
          <span className={classes.walk}>
            <StateIcon state="failed" size={14} /> {failures.length}
            <button
              type="button"
              className={classes.step}
              onClick={() => onWalk(-1)}
              aria-label="Previous failure"
              title="Previous failure (F)"
            >
              ‹
            </button>
            <button
              type="button"
              className={classes.step}
              onClick={() => onWalk(1)}
              aria-label="Next failure"
              title="Next failure (f)"
            >
              ›
            </button>
          </span>
        )}
      </div>
    </header>
  );
}

function stateText(state: ReturnType<typeof asState>, failed: number): string {
  if (state === "running" && failed) return `running, ${failed} failed`;
  return STATE_WORD[state];
}

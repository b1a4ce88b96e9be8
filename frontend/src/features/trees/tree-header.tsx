/** What a tree is, how it stands, and the tools to look at it. */
import { Commit } from "@/components/commit";
import { StateBadge } from "@/components/state-badge";
import { StateCounts } from "@/components/state-counts";
import { StateIcon } from "@/components/state-icon";
import { Duration, Time } from "@/components/time";
import type { Tree, TreeGraph } from "@/lib/api/types";
import { asState, isFinal, STATE_WORD } from "@/lib/states";
import { TreeFilterBar } from "./tree-filter";
import { countsOf, type TreeRow } from "./tree-model";
import classes from "./tree-page.module.css";
import type { TreeAddress } from "./use-tree-address";

interface Props {
  graph: TreeGraph;
  root: Tree["root"] | undefined;
  rows: TreeRow[];
  address: TreeAddress;
  failures: string[];
  onWalk(way: 1 | -1): void;
}

export function TreeHeader({ graph, root, rows, address, failures, onWalk }: Props) {
  const state = asState(graph.state);
  const counts = countsOf(rows);
  return (
    <header className={classes.header}>
      <div className={classes.title}>
        <StateBadge state={state}>{stateText(state, failures.length)}</StateBadge>
        <h1>{root?.project?.name ?? rows[0]?.name}</h1>
        <Commit sha={root?.commit} />
        {(root?.tag || root?.branch) && <span className="muted">{root.tag ?? root.branch}</span>}
        {root?.message && <span className={classes.message}>{root.message.split("\n")[0]}</span>}
      </div>
      <div className={classes.facts}>
        <StateCounts counts={counts} total={rows.length} />
        <span className="muted">
          started <Time at={graph.opened_at} />
        </span>
        <span className="muted">
          {isFinal(state) ? "took" : "running for"} <Duration from={graph.opened_at} to={graph.finished_at} />
        </span>
        {rows.length === 1 && isFinal(state) && <span>Nothing depended on this report.</span>}
      </div>
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

/** One calm line: counts, times, the expected end, how many failed, and what set the tree off. */
import { Dropdown } from "@/components/dropdown";
import { StateCounts } from "@/components/state-counts";
import { Duration, Time } from "@/components/time";
import type { Forecast, Tree, TreeGraph, TreeNumbers } from "@/lib/api/types";
import { asState, isFinal } from "@/lib/states";
import { useNow } from "@/lib/use-now";
import { countsOf, type TreeRow } from "../tree-model";
import classes from "../tree-page.module.css";
import { etaText, etaTitle, percentText } from "./forecast-text";
import { NumbersPanel } from "./numbers-panel";
import { TreeLink } from "./tree-link";

interface Props {
  graph: TreeGraph;
  tree: Tree | undefined;
  rows: TreeRow[];
  forecast: Forecast | undefined;
  numbers: TreeNumbers | undefined;
}

export function TreeFacts({ graph, tree, rows, forecast, numbers }: Props) {
  const ended = isFinal(asState(graph.state));
  const now = useNow(!ended);
  const eta = etaText(forecast, now);
  return (
    <div className={classes.facts}>
      <StateCounts counts={countsOf(rows)} total={rows.length} />
      <span className="muted">
        started <Time at={graph.opened_at} />
      </span>
      <span className="muted">
        {ended ? "took" : "running for"} <Duration from={graph.opened_at} to={graph.finished_at} />
      </span>
      {eta && forecast && (
        <span className={classes.eta} title={etaTitle(forecast)}>
          {eta}
        </span>
      )}
      {numbers && numbers.all_levels.failed > 0 && (
        <Dropdown
          label="Numbers of this tree"
          className={classes.inline}
          button={
            <>
              <strong>{percentText(numbers.all_levels.failed_percent)}</strong> of children failed ▾
            </>
          }
        >
          {(close) => <NumbersPanel numbers={numbers} onLeave={close} />}
        </Dropdown>
      )}
      {tree?.cause && (
        <span className="muted">
          opened by <TreeLink tree={tree.cause.tree_id} sub={tree.cause.sub_id} /> · chain depth {tree.depth}
        </span>
      )}
      {rows.length === 1 && ended && !tree?.reason && <span>Nothing depended on this report.</span>}
    </div>
  );
}

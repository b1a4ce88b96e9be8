/** The view of a tree that was chosen: graph, timeline or table, all with the same filter, focus and selection. */
import { Suspense, useMemo } from "react";
import { Empty } from "@/components/empty";
import { bothPaths, type Neighbourhood } from "@/components/graph/reach";
import { Skeleton } from "@/components/skeleton";
import type { Forecast, TreeGraph as Graph } from "@/lib/api/types";
import type { Overlay } from "./marks";
import { TreeTable, TreeTimeline, WhyNotHere } from "./parts";
import { TreeGraph } from "./tree-graph";
import { matches, type TreeRow } from "./tree-model";
import classes from "./tree-page.module.css";
import type { TreeAddress } from "./use-tree-address";

interface Props {
  graph: Graph;
  rows: TreeRow[];
  reach: Neighbourhood;
  address: TreeAddress;
  focus: { id: string } | null;
  look: { id: string } | null;
  overlay: Overlay;
  forecast: Forecast | undefined;
  onPan(): void;
}

export function TreeBody({ graph, rows, reach, address, focus, look, overlay, forecast, onPan }: Props) {
  const { tree, selected, view, search, focus: around } = address;
  const { q, state, ci, owner } = address.filter;
  const found = useMemo(() => rows.filter((row) => matches(row, { q, state, ci, owner })), [rows, q, state, ci, owner]);
  const filtered = Boolean(q || state || ci || owner);
  const ids = found.map((row) => row.node.sub_id).join(" ");
  const matching = useMemo(() => (filtered ? new Set(ids.split(" ").filter(Boolean)) : null), [filtered, ids]);
  const shown = useAround(found, around, reach);
  const nothing = shown.length === 0 && <NothingFound tree={tree} q={q.trim()} total={rows.length} />;
  const common = { rows: shown, address, focus, overlay, forecast };
  if (view === "graph")
    return (
      <div className={classes.under}>
        {nothing && <div className={classes.nothing}>{nothing}</div>}
        <button type="button" className={classes.skip} onClick={() => address.setView("table")}>
          Show as table
        </button>
        <TreeGraph
          {...{ tree, graph, rows, reach, matching, around, selected, focus, look, search, overlay, onPan }}
          hides={address.hides && !nothing}
        />
      </div>
    );
  if (nothing) return nothing;
  return (
    <Suspense fallback={<Skeleton rows={8} />}>
      {view === "table" ? <TreeTable {...common} /> : <TreeTimeline {...common} graph={graph} />}
    </Suspense>
  );
}

function useAround(rows: TreeRow[], around: string | null, reach: Neighbourhood): TreeRow[] {
  return useMemo(() => {
    const path = around === null ? null : bothPaths(around, reach);
    return path && path.size > 1 ? rows.filter((row) => path.has(row.node.sub_id)) : rows;
  }, [rows, around, reach]);
}

function NothingFound({ tree, q, total }: { tree: string; q: string; total: number }) {
  return (
    <Empty title="No event matches the filter" level="h2">
      <p>Clear the filter to see all {total}.</p>
      {q && (
        <div className={classes.ask}>
          <Suspense>
            <WhyNotHere key={q} tree={tree} name={q} />
          </Suspense>
        </div>
      )}
    </Empty>
  );
}

/** One event tree: the heading, the graph or the table, and the drawer of the event that the address names. */
import { useThrottledValue } from "@mantine/hooks";
import { useMemo, useState } from "react";
import { useParams } from "react-router";
import { Crumbs } from "@/components/crumbs";
import { Empty } from "@/components/empty";
import { Loaded } from "@/components/loaded";
import type { TreeGraph as Graph } from "@/lib/api/types";
import { useLiveSnapshot } from "@/lib/live/use-live-snapshot";
import { paths } from "@/lib/paths";
import { asState, isBad } from "@/lib/states";
import { useKeys } from "@/lib/use-keys";
import { useTitle } from "@/lib/use-title";
import { useTree } from "./api/get-tree";
import { treeGraphQuery, useTreeGraph } from "./api/get-tree-graph";
import { EventDrawer } from "./drawer/event-drawer";
import { TreeGraph } from "./tree-graph";
import { TreeHeader } from "./tree-header";
import { applyTreeMessage } from "./tree-message";
import { headline, matches, nextOf, rowsOf, type TreeRow } from "./tree-model";
import classes from "./tree-page.module.css";
import { TreeTable } from "./tree-table";
import { type TreeAddress, useTreeAddress } from "./use-tree-address";

export function TreePage() {
  const { tree = "" } = useParams();
  const graph = useTreeGraph(tree);
  const key = useMemo(() => treeGraphQuery(tree).queryKey, [tree]);
  useLiveSnapshot(`tree:${tree}`, key, graph.data?.version, applyTreeMessage);
  return (
    <Loaded query={graph} rows={8}>
      {(data) => <TreeContent key={tree} graph={data} />}
    </Loaded>
  );
}

function TreeContent({ graph }: { graph: Graph }) {
  const address = useTreeAddress();
  const { tree, selected, search } = address;
  const root = useTree(tree).data?.root;
  const rows = useMemo(() => rowsOf(graph), [graph]);
  const { failures, focus, walk } = useFailureWalk(rows, selected);
  useTreeKeys(address, walk);
  const commit = root?.commit?.slice(0, 7) ?? root?.tag;
  const name = [root?.project.name ?? rows[0]?.name ?? "tree", commit].filter(Boolean).join(" ");
  useTitle(`${name} — ${headline(rows)}`, asState(graph.state));
  const event = rows.find((row) => row.node.sub_id === selected);
  return (
    <div className={classes.page}>
      <Crumbs
        items={[
          { text: "Trees", to: paths.trees() },
          { text: name, ...(event ? { to: paths.tree(tree) + search } : {}) },
          ...(event ? [{ text: `${event.node.sub_id} ${event.name}` }] : []),
        ]}
      />
      <Announcement text={headline(rows)} />
      <TreeHeader graph={graph} root={root} rows={rows} address={address} failures={failures} onWalk={walk} />
      <div className={classes.split}>
        <div className={classes.view}>
          <TreeBody graph={graph} rows={rows} address={address} focus={focus} />
        </div>
        {selected !== null && (
          <EventDrawer key={selected} sub={selected} row={event} address={address} onClose={address.close} />
        )}
      </div>
    </div>
  );
}

/** Tells a screen reader how the tree stands, at most one sentence in five seconds. */
function Announcement({ text }: { text: string }) {
  const calm = useThrottledValue(text, 5000);
  return (
    <p className="sr-only" role="status">
      {calm}
    </p>
  );
}

interface BodyProps {
  graph: Graph;
  rows: TreeRow[];
  address: TreeAddress;
  focus: { id: string } | null;
}

function TreeBody({ graph, rows, address, focus }: BodyProps) {
  const { tree, selected, view, search } = address;
  const { q, state } = address.filter;
  const shown = useMemo(() => rows.filter((row) => matches(row, { q, state })), [rows, q, state]);
  const matching = useMemo(() => (q || state ? new Set(shown.map((row) => row.node.sub_id)) : null), [shown, q, state]);
  const common = { tree, selected, focus, search };
  if (view === "graph") return <TreeGraph {...common} graph={graph} rows={rows} matching={matching} />;
  if (shown.length) return <TreeTable {...common} rows={shown} />;
  return <Empty title="No event matches the filter">Clear the filter to see all {rows.length}.</Empty>;
}

/** What failed, and the way from one to the next. */
function useFailureWalk(rows: TreeRow[], selected: string | null) {
  const [focus, setFocus] = useState<{ id: string } | null>(null);
  const failures = useMemo(() => rows.filter((row) => isBad(row.state)).map((row) => row.node.sub_id), [rows]);
  const walk = (way: 1 | -1) => {
    const id = nextOf(failures, focus?.id ?? selected, way);
    if (id !== undefined) setFocus({ id });
  };
  return { failures, focus, walk };
}

function useTreeKeys(address: TreeAddress, walk: (way: 1 | -1) => void): void {
  const back = () => (address.selected === null ? address.setFilter("q", "") : address.close());
  const keys = new Map([
    ["1", () => address.setView("graph")],
    ["3", () => address.setView("table")],
    ["f", () => walk(1)],
    ["F", () => walk(-1)],
    ["Escape", back],
  ]);
  useKeys(Object.fromEntries(keys));
}

/** One event tree: the heading, the graph or the table, and the drawer of the event that the address names. */
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
import { headline, matches, nextOf, rowsOf } from "./tree-model";
import classes from "./tree-page.module.css";
import { TreeTable } from "./tree-table";
import { useTreeAddress } from "./use-tree-address";

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
  const { tree, selected, view, filter, search } = address;
  const root = useTree(tree).data?.root;
  const rows = useMemo(() => rowsOf(graph), [graph]);
  const shown = useMemo(() => rows.filter((row) => matches(row, filter)), [rows, filter.q, filter.state]);
  const failures = useMemo(() => rows.filter((row) => isBad(row.state)).map((row) => row.node.sub_id), [rows]);
  const [focus, setFocus] = useState<{ id: string } | null>(null);
  const matching = useMemo(
    () => (filter.q || filter.state ? new Set(shown.map((row) => row.node.sub_id)) : null),
    [shown, filter.q, filter.state],
  );
  const walk = (way: 1 | -1) => {
    const id = nextOf(failures, focus?.id ?? selected, way);
    if (id !== undefined) setFocus({ id });
  };
  useKeys({
    "1": () => address.setView("graph"),
    "3": () => address.setView("table"),
    f: () => walk(1),
    F: () => walk(-1),
    Escape: () => (selected === null ? address.setFilter("q", "") : address.close()),
  });
  const name = [root?.project?.name ?? rows[0]?.name ?? "tree", root?.commit?.slice(0, 7) ?? root?.tag].filter(Boolean).join(" ");
  useTitle(`${name} — ${headline(rows)}`, asState(graph.state));
  const event = rows.find((row) => row.node.sub_id === selected);
  const common = { tree, selected, focus, search };
  return (
    <div className={classes.page}>
      <Crumbs
        items={[
          { text: "Trees", to: paths.trees() },
          { text: name, ...(event ? { to: paths.tree(tree) + search } : {}) },
          ...(event ? [{ text: `${event.node.sub_id} ${event.name}` }] : []),
        ]}
      />
      <TreeHeader graph={graph} root={root} rows={rows} address={address} failures={failures} onWalk={walk} />
      <div className={classes.split} data-open={selected !== null || undefined}>
        <div className={classes.view}>
          {view === "graph" ? (
            <TreeGraph {...common} graph={graph} rows={rows} matching={matching} />
          ) : shown.length ? (
            <TreeTable {...common} rows={shown} />
          ) : (
            <Empty title="No event matches the filter">Clear the filter (Esc) to see all {rows.length}.</Empty>
          )}
        </div>
        {selected !== null && <EventDrawer key={selected} tree={tree} sub={selected} tab={address.tab} row={event} search={search} onClose={address.close} />}
      </div>
    </div>
  );
}

/** One event tree: the heading, the graph or the table, and the drawer of the event that the address names. */
import { useQueryClient } from "@tanstack/react-query";
import { Suspense, useEffect, useMemo, useRef, useState } from "react";
import { useParams } from "react-router";
import { Crumbs } from "@/components/crumbs";
import { neighbourhood } from "@/components/graph/reach";
import { Loaded } from "@/components/loaded";
import { Toast } from "@/components/toast";
import type { Forecast, TreeGraph as Graph } from "@/lib/api/types";
import { useLiveSnapshot } from "@/lib/live/use-live-snapshot";
import { paths } from "@/lib/paths";
import { asState, isBad } from "@/lib/states";
import { useTitle } from "@/lib/use-title";
import { type Acts, useActs } from "./acts/use-acts";
import { Announcement } from "./announcement";
import { forecastQuery, useForecast } from "./api/get-forecast";
import { treeQuery, useTree } from "./api/get-tree";
import { treeGraphQuery, useTreeGraph } from "./api/get-tree-graph";
import { treeNumbersQuery, useTreeNumbers } from "./api/get-tree-numbers";
import type { Overlay } from "./marks";
import { EventDrawer, usePartsSoon, WhyProjectDialog } from "./parts";
import { TreeBody } from "./tree-body";
import { TreeHeader } from "./tree-header";
import { applyTreeMessage } from "./tree-message";
import { headline, nextOf, rowsOf, type TreeRow } from "./tree-model";
import classes from "./tree-page.module.css";
import { useFollow } from "./use-follow";
import { type TreeAddress, useTreeAddress } from "./use-tree-address";
import { eventHere, useTreeKeys } from "./use-tree-keys";

/** A tree of more events than this opens as a table: its picture is a map, and nothing to read. */
const LARGE = 5000;

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
  const large = graph.nodes.length > LARGE;
  const address = useTreeAddress(large);
  const { tree, selected, search } = address;
  const whole = useTree(tree).data;
  const root = whole?.root;
  const running = graph.state === "running";
  const rows = useMemo(() => rowsOf(graph), [graph]);
  const reach = useMemo(() => neighbourhood(graph.edges), [graph.edges]);
  const acts = useActs(tree, rows, reach);
  const { failures, focus, walk } = useFailureWalk(rows, selected);
  const { data: forecast, dataUpdatedAt } = useForecast(tree, running);
  const numbers = useTreeNumbers(tree, running, failures.length > 0).data;
  useFreshSummary(graph, whole?.held ?? false);
  const overlay = useOverlay(acts, forecast, address.critical, whole?.held ?? false, rows, dataUpdatedAt);
  const [asking, setAsking] = useState(false);
  const actions = useActionsKey(address);
  const follow = useFollow(rows);
  const focusOn = () => address.set("focus", address.focus === null ? (eventHere(address) ?? "") : "");
  const copied = useTreeKeys(address, { walk, actions: actions.open, focus: focusOn, follow: follow.toggle });
  const commit = root?.commit?.slice(0, 7) ?? root?.tag;
  const name = [root?.project?.name ?? rows[0]?.name ?? "tree", commit].filter(Boolean).join(" ");
  useTitle(`${name} — ${headline(rows)}`, asState(graph.state));
  const event = rows.find((row) => row.node.sub_id === selected);
  usePartsSoon();
  return (
    <div className={classes.page}>
      <Crumbs
        items={[
          { text: "Trees", to: paths.trees() },
          { text: name, ...(event ? { to: paths.tree(tree) + search } : {}) },
          ...(event ? [{ text: `${event.node.sub_id} ${event.name}` }] : []),
        ]}
      />
      <Announcement rows={rows} />
      <TreeHeader
        graph={graph}
        tree={whole}
        rows={rows}
        address={address}
        failures={failures}
        forecast={forecast}
        numbers={numbers}
        acts={acts}
        following={running && address.view === "graph" ? follow.following : null}
        onWalk={walk}
        onFocus={focusOn}
        onFollow={follow.toggle}
        onWhy={() => setAsking(true)}
      />
      {large && address.view === "table" && (
        <p className={classes.large}>
          With {rows.length} events this tree opens as a table. The graph (1) shows it as a map.
        </p>
      )}
      <div className={classes.split}>
        <div className={classes.view}>
          <TreeBody
            {...{ graph, rows, reach, address, focus, overlay, forecast }}
            look={follow.look}
            onPan={follow.end}
          />
        </div>
        {/* there already when the address names an event: nothing is put in the drawer's place while its code comes */}
        <Suspense>
          {selected !== null && (
            <EventDrawer
              key={selected}
              sub={selected}
              row={event}
              rows={rows}
              graph={reach}
              acts={acts}
              actionsAsked={actions.asked === selected}
              onActionsShown={actions.shown}
              address={address}
              onClose={address.close}
            />
          )}
        </Suspense>
      </div>
      {asking && (
        <Suspense>
          <WhyProjectDialog tree={tree} opened onClose={() => setAsking(false)} />
        </Suspense>
      )}
      <Toast text={acts.done ?? (copied ? "Link copied" : null)} onGone={acts.forget} />
    </div>
  );
}

/** What lies over the states of the events. It keeps its identity while nothing of it changes, and so do the cards. */
function useOverlay(
  { asked }: Acts,
  forecast: Forecast | undefined,
  critical: boolean,
  held: boolean,
  rows: readonly TreeRow[],
  at: number,
): Overlay {
  const late = (forecast?.events ?? []).filter((event) => event.overdue).map((event) => event.sub_id);
  const path = critical ? (forecast?.critical_path ?? []) : [];
  const [overdue, way] = [late.join(" "), path.join(" ")];
  // only of what has been told to start it matters how long that is ago
  const now = rows.some((row) => row.state === "triggered") ? at : 0;
  return useMemo(
    () => ({ asked, held, now, overdue: new Set(overdue.split(" ")), critical: way.split(" ").filter(Boolean) }),
    [asked, held, now, overdue, way],
  );
}

/** The graph is live. What is told of the whole tree is fetched again when it ends or goes on, and while it is held. */
function useFreshSummary({ id, state, version }: Graph, held: boolean): void {
  const queries = useQueryClient();
  const stamp = held ? `${state} ${version}` : state;
  const seen = useRef(stamp);
  useEffect(() => {
    if (seen.current === stamp) return;
    seen.current = stamp;
    for (const { queryKey } of [treeQuery(id), forecastQuery(id), treeNumbersQuery(id)])
      void queries.invalidateQueries({ queryKey, exact: true });
  }, [queries, id, stamp]);
}

/** `.` leads to the actions of the event that is open, or opens that of the card or row with the focus. */
function useActionsKey(address: TreeAddress): { asked: string | null; open(): void; shown(): void } {
  const [asked, setAsked] = useState<string | null>(null);
  const open = () => {
    const here = document.activeElement?.closest<HTMLElement>("[data-card],[data-row]");
    const sub = address.selected ?? here?.dataset.card ?? here?.dataset.row;
    if (sub === undefined) return;
    if (sub !== address.selected) address.openEvent(sub);
    setAsked(sub);
  };
  return { asked, open, shown: () => setAsked(null) };
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

/** One event tree: the heading, the graph or the table, and the drawer of the event that the address names. */
import { useThrottledValue } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { useParams } from "react-router";
import { Crumbs } from "@/components/crumbs";
import { Empty } from "@/components/empty";
import { neighbourhood } from "@/components/graph/reach";
import { Loaded } from "@/components/loaded";
import { Toast } from "@/components/toast";
import type { Forecast, TreeGraph as Graph } from "@/lib/api/types";
import { useLiveSnapshot } from "@/lib/live/use-live-snapshot";
import { paths } from "@/lib/paths";
import { asState, isBad } from "@/lib/states";
import { useKeys } from "@/lib/use-keys";
import { useTitle } from "@/lib/use-title";
import { type Acts, useActs } from "./acts/use-acts";
import { forecastQuery, useForecast } from "./api/get-forecast";
import { treeQuery, useTree } from "./api/get-tree";
import { treeGraphQuery, useTreeGraph } from "./api/get-tree-graph";
import { treeNumbersQuery, useTreeNumbers } from "./api/get-tree-numbers";
import { EventDrawer } from "./drawer/event-drawer";
import type { Overlay } from "./marks";
import { TreeGraph } from "./tree-graph";
import { TreeHeader } from "./tree-header";
import { applyTreeMessage } from "./tree-message";
import { headline, matches, nextOf, rowsOf, type TreeRow } from "./tree-model";
import classes from "./tree-page.module.css";
import { TreeTable } from "./tree-table";
import { type TreeAddress, useTreeAddress } from "./use-tree-address";
import { WhyNotHere, WhyProjectDialog } from "./why-project";

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
  const whole = useTree(tree).data;
  const root = whole?.root;
  const running = graph.state === "running";
  const rows = useMemo(() => rowsOf(graph), [graph]);
  const reach = useMemo(() => neighbourhood(graph.edges), [graph.edges]);
  const acts = useActs(tree, rows, reach);
  const { failures, focus, walk } = useFailureWalk(rows, selected);
  const forecast = useForecast(tree, running).data;
  const numbers = useTreeNumbers(tree, running, failures.length > 0).data;
  useFreshSummary(graph, whole?.held ?? false);
  const overlay = useOverlay(acts, forecast, address.critical, whole?.held ?? false);
  const [asking, setAsking] = useState(false);
  const actions = useActionsKey(address);
  useTreeKeys(address, { walk, actions: actions.open });
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
      <TreeHeader
        graph={graph}
        tree={whole}
        rows={rows}
        address={address}
        failures={failures}
        forecast={forecast}
        numbers={numbers}
        acts={acts}
        onWalk={walk}
        onWhy={() => setAsking(true)}
      />
      <div className={classes.split}>
        <div className={classes.view}>
          <TreeBody graph={graph} rows={rows} address={address} focus={focus} overlay={overlay} />
        </div>
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
      </div>
      <WhyProjectDialog tree={tree} opened={asking} onClose={() => setAsking(false)} />
      <Toast text={acts.done} onGone={acts.forget} />
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
  overlay: Overlay;
}

function TreeBody({ graph, rows, address, focus, overlay }: BodyProps) {
  const { tree, selected, view, search } = address;
  const { q, state } = address.filter;
  const shown = useMemo(() => rows.filter((row) => matches(row, { q, state })), [rows, q, state]);
  const matching = useMemo(() => (q || state ? new Set(shown.map((row) => row.node.sub_id)) : null), [shown, q, state]);
  const common = { tree, selected, focus, search, overlay };
  const nothing = shown.length === 0 && <NothingFound tree={tree} q={q.trim()} total={rows.length} />;
  if (view === "graph")
    return (
      <div className={classes.under}>
        {nothing && <div className={classes.nothing}>{nothing}</div>}
        <TreeGraph {...common} graph={graph} rows={rows} matching={matching} />
      </div>
    );
  return nothing || <TreeTable {...common} rows={shown} />;
}

function NothingFound({ tree, q, total }: { tree: string; q: string; total: number }) {
  return (
    <Empty title="No event matches the filter" level="h2">
      <p>Clear the filter to see all {total}.</p>
      {q && (
        <div className={classes.ask}>
          <WhyNotHere key={q} tree={tree} name={q} />
        </div>
      )}
    </Empty>
  );
}

/** What lies over the states of the events. It keeps its identity while nothing of it changes, and so do the cards. */
function useOverlay({ asked }: Acts, forecast: Forecast | undefined, critical: boolean, held: boolean): Overlay {
  const late = (forecast?.events ?? []).filter((event) => event.overdue).map((event) => event.sub_id);
  const path = critical ? (forecast?.critical_path ?? []) : [];
  const [overdue, way] = [late.join(" "), path.join(" ")];
  return useMemo(
    () => ({ asked, held, overdue: new Set(overdue.split(" ")), critical: way.split(" ").filter(Boolean) }),
    [asked, held, overdue, way],
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

interface Ways {
  walk(way: 1 | -1): void;
  actions(): void;
}

function useTreeKeys(address: TreeAddress, { walk, actions }: Ways): void {
  const back = () => (address.selected === null ? address.setFilter("q", "") : address.close());
  const keys = new Map([
    ["1", () => address.setView("graph")],
    ["3", () => address.setView("table")],
    ["f", () => walk(1)],
    ["F", () => walk(-1)],
    ["c", () => address.setCritical(!address.critical)],
    [".", actions],
    ["Escape", back],
  ]);
  useKeys(Object.fromEntries(keys));
}

/** What a viewer can ask of a tree: which events each wish is about, and how that is said. */
import { behind, type Neighbourhood } from "@/components/graph/reach";
import { isBad, isFinal } from "@/lib/states";
import { kindOf } from "../systems";
import type { TreeRow } from "../tree-model";

export type Act =
  | { do: "cancel-tree" }
  | { do: "rerun-tree"; scope: "failed" | "all" }
  | { do: "cancel-event"; sub: string; scope: "event" | "branch" }
  | { do: "rerun-event"; sub: string; downstream: boolean }
  | { do: "redeliver"; sub: string };

/** Stands on a card from the click until the live update shows what came of it. */
export type Wish = "cancel asked" | "rerun asked" | "redelivery asked";

export const ROOT = "1";

/** The event that an act is about; null for one about the whole tree. */
export const subOf = (act: Act): string | null => ("sub" in act ? act.sub : null);

const isOpen = (row: TreeRow) => !isFinal(row.state);
const didNotPass = (row: TreeRow) => isBad(row.state) || row.state === "cancelled";
const isChild = (row: TreeRow) => row.node.sub_id !== ROOT;

/** What can be done to the tree now, as the rows that it would be done to; empty where the server would refuse. */
export function treeChoices(rows: readonly TreeRow[]): { open: TreeRow[]; failed: TreeRow[]; all: TreeRow[] } {
  const open = rows.filter(isOpen);
  return {
    open,
    failed: rows.filter((row) => isChild(row) && didNotPass(row)),
    all: open.length ? [] : rows.filter(isChild),
  };
}

export interface EventChoices {
  rerun: boolean;
  redeliver: boolean;
  /** What cancelling the event alone would cancel: itself, or nothing. */
  cancel: TreeRow[];
  /** The same with the unfinished behind it; empty when that is no more than the event. */
  branch: TreeRow[];
  /** How many events come after it. */
  after: number;
}

/** What can be done to one event. What was skipped without having run is run by rerunning what kept it from running. */
export function eventChoices(row: TreeRow, rows: readonly TreeRow[], graph: Neighbourhood): EventChoices {
  const follows = behind(row.node.sub_id, graph);
  const neverRan = row.state === "skipped" && row.node.queued_at === null && row.node.started_at === null;
  const openBehind = rows.filter((one) => follows.has(one.node.sub_id) && isOpen(one));
  const own = isOpen(row) ? [row] : [];
  return {
    rerun: isFinal(row.state) && isChild(row) && !neverRan,
    redeliver: row.state === "undeliverable",
    cancel: own,
    branch: openBehind.length ? [...own, ...openBehind] : [],
    after: follows.size,
  };
}

/** The events that wear the wish while it is on its way. */
export function wishes(act: Act, rows: readonly TreeRow[], graph: Neighbourhood): Map<string, Wish> {
  const [wish, about] = wishOf(act, rows, graph);
  return new Map(about.map((sub) => [sub, wish]));
}

function wishOf(act: Act, rows: readonly TreeRow[], graph: Neighbourhood): [Wish, string[]] {
  const ids = (some: readonly TreeRow[]) => some.map((row) => row.node.sub_id);
  switch (act.do) {
    case "cancel-tree":
      return ["cancel asked", ids(treeChoices(rows).open)];
    case "rerun-tree":
      return ["rerun asked", ids(treeChoices(rows)[act.scope])];
    case "redeliver":
      return ["redelivery asked", [act.sub]];
    case "cancel-event": {
      const follows = act.scope === "branch" ? behind(act.sub, graph) : new Set<string>();
      return ["cancel asked", ids(rows.filter((row) => isOpen(row) && isIn(row, act.sub, follows)))];
    }
    case "rerun-event": {
      const follows = act.downstream ? behind(act.sub, graph) : new Set<string>();
      return ["rerun asked", ids(rows.filter((row) => isIn(row, act.sub, follows)))];
    }
  }
}

const isIn = (row: TreeRow, sub: string, more: ReadonlySet<string>) =>
  row.node.sub_id === sub || more.has(row.node.sub_id);

export const countEvents = (n: number) => `${n} ${n === 1 ? "event" : "events"}`;

/** "3 running (agent 2, webhook 1), 1 queued and 8 waiting". */
export function cancelCounts(rows: readonly TreeRow[]): string {
  const running = rows.filter((row) => row.state === "running" || row.state === "triggered");
  const queued = rows.filter((row) => row.state === "queued").length;
  const waiting = rows.filter((row) => row.state === "waiting").length;
  const parts = [
    running.length ? `${running.length} running${byTarget(running)}` : "",
    queued ? `${queued} queued` : "",
    waiting ? `${waiting} waiting` : "",
  ].filter(Boolean);
  const last = parts.pop() ?? "nothing";
  return parts.length ? `${parts.join(", ")} and ${last}` : last;
}

/** In which kinds of CI systems they run; left out when there is only one kind. */
function byTarget(rows: readonly TreeRow[]): string {
  const kinds = new Map<string, number>();
  for (const { node } of rows) kinds.set(kindOf(node.target), (kinds.get(kindOf(node.target)) ?? 0) + 1);
  if (kinds.size < 2) return "";
  return ` (${[...kinds].map(([kind, n]) => `${kind} ${n}`).join(", ")})`;
}

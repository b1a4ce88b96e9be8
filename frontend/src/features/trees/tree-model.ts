/** What the picture, the table and the heading of a tree are made of. */

import type { EdgeStyle } from "@/components/graph/edge-style";
import { push } from "@/components/graph/reach";
import type { GraphEdge, GraphNode, TreeGraph } from "@/lib/api/types";
import { asState, countStates, isBad, isFinal, STATE_WORD, type State } from "@/lib/states";
import { compareSubIds } from "@/lib/sub-id";

export interface TreeRow {
  node: GraphNode;
  state: State;
  name: string;
  /** A project that the viewer may not see has a state and nothing else. */
  hidden: boolean;
  parents: string[];
  level: number;
  /** 0 as long as there is none, and of a hidden project. */
  attempt: number;
}

export interface TreeFilter {
  q: string;
  state: string;
  /** The kind of CI system. */
  ci: string;
  owner: string;
}

export function rowsOf(graph: TreeGraph): TreeRow[] {
  const parents = new Map<string, string[]>();
  for (const edge of graph.edges) push(parents, edge.to, edge.from);
  return [...graph.nodes]
    .sort((a, b) => compareSubIds(a.sub_id, b.sub_id))
    .map((node) => ({
      node,
      state: asState(node.state),
      name: node.project || "Private project",
      hidden: !node.project,
      parents: (parents.get(node.sub_id) ?? []).sort(compareSubIds),
      level: node.sub_id.split(".").length,
      attempt: node.attempt ?? 0,
    }));
}

/** When an event began to be done: it runs, or is queued to run. */
export const begunAt = ({ started_at, queued_at }: GraphNode): string | null => started_at ?? queued_at;

/** The parents of a joined event beside the one it stands under. */
export function alsoAfter(row: TreeRow): string[] {
  const under = row.node.sub_id.split(".").slice(0, -1).join(".");
  return row.parents.length > 1 ? row.parents.filter((parent) => parent !== under) : [];
}

export function edgeStyle(edge: GraphEdge): EdgeStyle {
  return edge.outcome ?? "pending";
}

/** Whether a row has what the filter asks for; an empty filter asks for nothing. */
export function matches(row: TreeRow, { q, state, ci, owner }: TreeFilter): boolean {
  if (state && row.state !== state) return false;
  if (ci && row.node.target !== ci) return false;
  if (owner && row.node.owner !== owner) return false;
  const wanted = q.trim().toLowerCase();
  if (!wanted) return true;
  return [row.name, row.node.sub_id, row.node.ref ?? "", row.node.reason ?? ""].some((text) =>
    text.toLowerCase().includes(wanted),
  );
}

/** What the landing view shows when not all fits: the first failure, else where it runs, else the root. */
export function whatMatters(rows: readonly TreeRow[]): string | undefined {
  const first = (test: (state: State) => boolean) => rows.find((row) => test(row.state))?.node.sub_id;
  return first(isBad) ?? first((state) => !isFinal(state) && state !== "waiting") ?? rows[0]?.node.sub_id;
}

/** The one that follows `current` in the list, or precedes it; walks round at the ends. */
export function nextOf(ids: readonly string[], current: string | null, way: 1 | -1): string | undefined {
  if (!ids.length) return undefined;
  const at = current === null ? -1 : ids.indexOf(current);
  if (at === -1)
    return way === 1 ? (ids.find((id) => current === null || compareSubIds(id, current) > 0) ?? ids[0]) : ids.at(-1);
  return ids[(at + way + ids.length) % ids.length];
}

/** "2 failed of 41", "18 of 41", "all 41 passed": the end of the tab's title. */
export function headline(rows: readonly TreeRow[]): string {
  const bad = rows.filter((row) => isBad(row.state)).length;
  const done = rows.filter((row) => isFinal(row.state)).length;
  if (bad) return `${bad} failed of ${rows.length}`;
  return done === rows.length ? `${rows.length} done` : `${done} of ${rows.length}`;
}

export const countsOf = (rows: readonly TreeRow[]) => countStates(rows.map((row) => row.state));

/** What did not run, or not to its end, says why. */
const UNRUN: ReadonlySet<State> = new Set(["waiting", "skipped", "cancelled", "timed_out", "undeliverable"]);

/** What a screen reader says of a card. */
export function labelOf(row: TreeRow, after: number, marks: readonly { title: string }[] = []): string {
  const parts = [row.name, `event ${row.node.sub_id}`, STATE_WORD[row.state]];
  if (row.parents.length) parts.push(`${row.parents.length} ${row.parents.length === 1 ? "parent" : "parents"}`);
  if (after) parts.push(`${after} after it`);
  parts.push(...marks.map((mark) => mark.title));
  if (UNRUN.has(row.state) && row.node.reason) parts.push(row.node.reason);
  return parts.join(", ");
}

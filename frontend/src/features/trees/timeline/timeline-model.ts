/** What the bars of the timeline are: pure, in milliseconds since the epoch. */
import type { Forecast, GraphNode } from "@/lib/api/types";
import { asState, isFinal, type State } from "@/lib/states";
import { compareSubIds } from "@/lib/sub-id";
import type { TreeRow } from "../tree-model";

/** Waiting for parents; on its way to the CI system; queued there (or for an agent); running. */
export type Phase = "waiting" | "delivering" | "queued" | "running";

export interface Span {
  phase: Phase;
  from: number;
  to: number;
  /** Of the attempt that it belongs to. */
  state: State;
  attempt: number;
  /** Still going on: its end is now. */
  open: boolean;
}

/** What is still to come, by what the project took before. */
export interface Ghost {
  from: number;
  p50: number;
  p90: number | null;
}

export interface Bar {
  row: TreeRow;
  spans: Span[];
  ghost: Ghost | null;
  critical: boolean;
}

export type Order = "critical" | "start" | "tree";

type Times = Pick<GraphNode, "state" | "attempt" | "queued_at" | "triggered_at" | "started_at" | "finished_at">;
type Expected = Forecast["events"][number];

const at = (moment: string | null | undefined): number | null => (moment ? Date.parse(moment) : null);

/** The phases of one attempt, one after another; those without any time are left out. */
function attemptSpans(times: Times, target: string | null, now: number): Span[] {
  const queued = at(times.queued_at) ?? at(times.started_at);
  if (queued === null) return [];
  const state = asState(times.state);
  const end = at(times.finished_at) ?? (isFinal(state) ? queued : now);
  const started = at(times.started_at) ?? end;
  // an own agent takes its build from the queue: nothing is delivered
  const sent = target === "agent" ? queued : (at(times.triggered_at) ?? started);
  const marks: [Phase, number, number][] = [
    ["delivering", queued, sent],
    ["queued", sent, started],
    ["running", started, end],
  ];
  const open = at(times.finished_at) === null && !isFinal(state);
  const spans = marks.filter(([, from, to]) => to > from);
  return spans.map(([phase, from, to], i) => ({
    ...{ phase, from, to: Math.min(to, end), state, attempt: times.attempt ?? 0 },
    open: open && i === spans.length - 1,
  }));
}

/** When the first of an event's parents had ended: from then on it only waits for the others. */
function waitingSpan(row: TreeRow, ends: ReadonlyMap<string, number>, until: number, open: boolean): Span[] {
  const known = row.parents.map((parent) => ends.get(parent)).filter((end) => end !== undefined);
  const from = Math.min(...known);
  if (!known.length || from >= until) return [];
  return [{ phase: "waiting", from, to: until, state: "waiting", attempt: 0, open }];
}

function ghostOf(row: TreeRow, expected: Expected | undefined, now: number): Ghost | null {
  const start = at(expected?.expected_start);
  const p50 = at(expected?.expected_end);
  if (!expected || start === null || p50 === null || isFinal(row.state)) return null;
  const begun = at(row.node.queued_at);
  const from = begun === null ? Math.max(start, now) : now;
  const p90 = expected.p90_s === null ? null : (begun ?? start) + expected.p90_s * 1000;
  if (p50 <= from && (p90 === null || p90 <= from)) return null;
  return { from, p50: Math.max(p50, from), p90: p90 !== null && p90 > p50 ? p90 : null };
}

/** The bars of these rows. A root has none but its own moment: it had run before the tree was there. */
export function barsOf(rows: readonly TreeRow[], forecast: Forecast | undefined, now: number): Bar[] {
  const expected = new Map((forecast?.events ?? []).map((event) => [event.sub_id, event]));
  const critical = new Set(forecast?.critical_path);
  const ends = new Map<string, number>();
  for (const { node } of rows) {
    const end = at(node.finished_at);
    if (end !== null) ends.set(node.sub_id, end);
  }
  return rows.map((row) => {
    const { node } = row;
    const tries = [...(node.tries ?? []), node];
    const spans = tries.flatMap((one) => attemptSpans(one, node.target, now));
    const first = spans[0]?.from ?? (isFinal(row.state) ? (at(node.finished_at) ?? now) : now);
    const waits = waitingSpan(row, ends, first, !isFinal(row.state) && !spans.length);
    return {
      row,
      spans: row.hidden ? [] : [...waits, ...spans],
      ghost: row.hidden ? null : ghostOf(row, expected.get(node.sub_id), now),
      critical: critical.has(node.sub_id),
    };
  });
}

/** When it began, or will; of what never ran, the moment when that was known. */
function startOf({ spans, ghost, row }: Bar): number {
  const began = spans.find((span) => span.phase !== "waiting")?.from ?? ghost?.from;
  return began ?? at(row.node.finished_at) ?? Number.POSITIVE_INFINITY;
}

export function orderBars(bars: readonly Bar[], order: Order): Bar[] {
  const byTree = (a: Bar, b: Bar) => compareSubIds(a.row.node.sub_id, b.row.node.sub_id);
  const byStart = (a: Bar, b: Bar) => compareMoments(startOf(a), startOf(b)) || byTree(a, b);
  if (order === "tree") return [...bars].sort(byTree);
  if (order === "start") return [...bars].sort(byStart);
  return [...bars].sort((a, b) => Number(b.critical) - Number(a.critical) || byStart(a, b));
}

/** Infinity minus itself is no number. */
const compareMoments = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);

export interface Range {
  from: number;
  to: number;
}

/** All there is to see: from the tree's opening to the last end that is known or expected. */
export function wholeRange(opened: number, bars: readonly Bar[], running: boolean, now: number): Range {
  let to = running ? now : opened + 1000;
  for (const { spans, ghost } of bars) {
    for (const span of spans) to = Math.max(to, span.to);
    if (ghost) to = Math.max(to, ghost.p90 ?? ghost.p50);
  }
  return { from: opened, to: opened + (to - opened) * 1.02 };
}

/** `120-300`: seconds after the opening. Null for what is no range within the whole. */
export function readRange(text: string, opened: number, whole: Range): Range | null {
  const [, from, to] = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (from === undefined || to === undefined) return null;
  return clampRange({ from: opened + Number(from) * 1000, to: opened + Number(to) * 1000 }, whole);
}

export const writeRange = ({ from, to }: Range, opened: number): string =>
  `${((from - opened) / 1000).toFixed(1)}-${((to - opened) / 1000).toFixed(1)}`;

const SHORTEST = 100;

/** The range moved, and cut where needed, so that it lies within the whole; null when it is the whole. */
export function clampRange(range: Range, whole: Range): Range | null {
  const width = Math.max(SHORTEST, range.to - range.from);
  if (width >= whole.to - whole.from) return null;
  const from = Math.min(Math.max(range.from, whole.from), whole.to - width);
  return { from, to: from + width };
}

/** The range made `factor` times as wide around its middle. */
export function scaleRange({ from, to }: Range, factor: number): Range {
  const half = ((to - from) / 2) * factor;
  const middle = (from + to) / 2;
  return { from: middle - half, to: middle + half };
}

export const shiftRange = ({ from, to }: Range, part: number): Range => ({
  from: from + (to - from) * part,
  to: to + (to - from) * part,
});

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400, 604_800];

/** Milliseconds after the opening at which the axis has a line: round ones, at most `most`. */
export function ticks({ from, to }: Range, opened: number, most: number): number[] {
  const wanted = (to - from) / 1000 / Math.max(1, most);
  const step = (wanted < 1 ? (wanted > 0.5 ? 1 : 0.5) : (STEPS.find((one) => one >= wanted) ?? 2_592_000)) * 1000;
  const found: number[] = [];
  for (let tick = Math.ceil((from - opened) / step) * step; tick <= to - opened && found.length < 60; tick += step)
    found.push(tick);
  return found;
}

/** The times in which any of the bars was busy, as few spans as there can be: gaps stay gaps. */
export function unionOf(bars: readonly Bar[]): Range[] {
  const busy = bars
    .flatMap((bar) => bar.spans.filter((span) => span.phase === "queued" || span.phase === "running"))
    .sort((a, b) => a.from - b.from);
  const found: Range[] = [];
  for (const { from, to } of busy) {
    const last = found.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else found.push({ from, to });
  }
  return found;
}

/** How long each phase took, of all attempts; for the sentence that is read out and shown. */
export function phaseSums(spans: readonly Span[]): [Phase, number][] {
  const sums = new Map<Phase, number>();
  for (const { phase, from, to } of spans) sums.set(phase, (sums.get(phase) ?? 0) + to - from);
  return [...sums];
}

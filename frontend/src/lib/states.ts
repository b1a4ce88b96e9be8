/** The ten states of events and builds: their words, their order of badness, and their icons on a 16 px grid. */

export const STATES = [
  "waiting",
  "queued",
  "triggered",
  "running",
  "success",
  "failed",
  "cancelled",
  "skipped",
  "timed_out",
  "undeliverable",
] as const;

export type State = (typeof STATES)[number];

export const STATE_WORD: Record<State, string> = {
  waiting: "waiting",
  queued: "queued",
  triggered: "triggered",
  running: "running",
  success: "success",
  failed: "failed",
  cancelled: "cancelled",
  skipped: "skipped",
  timed_out: "timed out",
  undeliverable: "undeliverable",
};

/** One character for page titles, where no icon can be drawn. */
export const STATE_GLYPH: Record<State, string> = {
  waiting: "◌",
  queued: "◷",
  triggered: "➤",
  running: "◔",
  success: "✓",
  failed: "✕",
  cancelled: "▣",
  skipped: "⊘",
  timed_out: "◆",
  undeliverable: "▲",
};

const FINAL = new Set<State>(["success", "failed", "cancelled", "skipped", "timed_out", "undeliverable"]);
const BAD = new Set<State>(["failed", "timed_out", "undeliverable"]);

/** Reads a state from the wire; one this page does not know yet shows as waiting rather than breaking it. */
export function asState(value: string | null | undefined): State {
  const lower = (value ?? "").toLowerCase();
  const known = STATES.find((state) => state === lower);
  return known ?? (lower === "fail" ? "failed" : "waiting");
}

export const isFinal = (state: State): boolean => FINAL.has(state);

/** Failed in a way that a person must look at; `f` walks these. */
export const isBad = (state: State): boolean => BAD.has(state);

/** How many of each state there are, in the order of STATES, without the zeros. */
export function countStates(states: Iterable<State>): [State, number][] {
  const counts = new Map<State, number>();
  for (const state of states) counts.set(state, (counts.get(state) ?? 0) + 1);
  return STATES.filter((state) => counts.has(state)).map((state) => [state, counts.get(state) ?? 0]);
}

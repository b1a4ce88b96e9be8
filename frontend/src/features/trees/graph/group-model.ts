/** What a group of events is called and how it stands. */
import type { Group } from "@/components/graph/groups";
import { countStates, isBad, STATE_WORD, type State } from "@/lib/states";
import type { TreeRow } from "../tree-model";

const WORST: readonly State[] = ["failed", "undeliverable", "timed_out"];
const THEN: readonly State[] = ["running", "triggered", "queued", "waiting", "cancelled", "success", "skipped"];
const NAMED = 3;

/** The state that a reader must be told first: a failure, else what still goes on, else how it ended. */
export function foldStates(states: readonly State[]): State {
  return [...WORST, ...THEN].find((state) => states.includes(state)) ?? "waiting";
}

/** `svc` of `svc-012`, `p` of `p001`: what names of one kind have in common; null for a name that has no such part. */
export function familyOf(name: string): string | null {
  const family = /^(.+?)[-._]?(?:\d+|[-._].*)$/.exec(name)?.[1];
  return family && family !== name ? family : null;
}

export interface GroupSummary {
  title: string;
  state: State;
  counts: [State, number][];
  /** The names of up to three that failed, worst first. */
  bad: string[];
  label: string;
}

export function summaryOf(group: Group, rowOf: (sub: string) => TreeRow | undefined): GroupSummary {
  const rows = group.members.map(rowOf).filter((row) => row !== undefined);
  const counts = countStates(rows.map((row) => row.state)).sort(([a], [b]) => place(a) - place(b));
  const bad = rows.filter((row) => isBad(row.state)).sort((a, b) => place(a.state) - place(b.state));
  const title = titleOf(group, rowOf);
  const words = counts.map(([state, n]) => `${n} ${STATE_WORD[state]}`).join(", ");
  const names = bad.slice(0, NAMED).map((row) => row.name);
  return {
    ...{ title, counts, bad: names, state: foldStates(rows.map((row) => row.state)) },
    label: [
      `Group of ${rows.length} events, ${title}`,
      words,
      ...(names.length ? [`failed: ${names.join(", ")}`] : []),
    ].join("; "),
  };
}

const place = (state: State): number => [...WORST, ...THEN].indexOf(state);

function titleOf({ kind, after, family, members }: Group, rowOf: (sub: string) => TreeRow | undefined): string {
  const parent = after === null ? undefined : rowOf(after)?.name;
  if (family && parent) return `${family}… after ${parent}`;
  if (parent) return kind === "leaves" ? `last after ${parent}` : `all after ${parent}`;
  if (family) return `${family}…`;
  const first = rowOf(members[0] as string)?.name ?? "";
  return `${first} and more`;
}

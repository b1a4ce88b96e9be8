/** What was found as one list to walk through, with a heading where a new kind begins. */
import type { Found, SearchResult } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { asState, type State } from "@/lib/states";

export interface Hit {
  /** Unique in the list, and fit for an element's id. */
  key: string;
  to: string;
  title: string;
  subtitle: string;
  state: State | null;
}

export interface Group {
  name: string;
  hits: Hit[];
}

const KINDS = [
  ["projects", "Projects"],
  ["trees", "Trees"],
  ["events", "Events"],
  ["builds", "Builds"],
  ["artifacts", "Artifacts"],
] as const;

/** Long enough to be the beginning of a commit, and of nothing else. */
const COMMIT = /^[0-9a-f]{7,64}$/i;

/** The kinds with something in them; then, for what may be a commit, the way to the combos that hold it. */
export function groupsOf(result: SearchResult): Group[] {
  const found = KINDS.map(([kind, name]) => ({
    name,
    hits: result[kind].map((one, i) => hitOf(one, `${kind}-${i}`)),
  })).filter((group) => group.hits.length > 0);
  return COMMIT.test(result.q) ? [...found, { name: "Combos", hits: [combosHit(result.q)] }] : found;
}

function hitOf({ url, title, subtitle, state }: Found, key: string): Hit {
  return { key, to: url, title, subtitle: subtitle ?? "", state: state === null ? null : asState(state) };
}

const combosHit = (commit: string): Hit => ({
  key: "combos",
  to: paths.combos(commit),
  title: `Which combos hold ${commit.slice(0, 12)}?`,
  subtitle: "",
  state: null,
});

/** The place of the next or previous hit; both ends meet. -1 stands for none. */
export function step(at: number, by: 1 | -1, count: number): number {
  if (count === 0) return -1;
  if (at < 0) return by === 1 ? 0 : count - 1;
  return (at + by + count) % count;
}

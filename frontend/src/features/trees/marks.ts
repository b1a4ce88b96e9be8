/** What lies over the state of an event: small words on its card and in its row. */
import type { Wish } from "./acts/act";
import type { TreeRow } from "./tree-model";

export interface Overlay {
  asked: ReadonlyMap<string, Wish>;
  /** Sub ids of the events that take longer than nine of ten runs before. */
  overdue: ReadonlySet<string>;
  /** Sub ids in order, from the root on; empty unless the critical path is shown. */
  critical: readonly string[];
  /** The tree waits for an older one. */
  held: boolean;
}

export interface Mark {
  text: string;
  /** What it means, for who points at it. */
  title: string;
}

export const BARE: Overlay = { asked: new Map(), overdue: new Set(), critical: [], held: false };

export function marksOf({ node, state }: TreeRow, { asked, overdue, critical, held }: Overlay): Mark[] {
  const wish = asked.get(node.sub_id);
  const marks: (Mark | false | undefined)[] = [
    wish !== undefined && { text: wish, title: "asked for just now" },
    held && state === "waiting" && { text: "held", title: "its tree waits for an older one" },
    overdue.has(node.sub_id) && { text: "overdue", title: "takes longer than 9 of 10 runs before" },
    isLate(node.reason) && { text: "late", title: "reported after it had been given up; it still counts" },
    node.attempt > 1 && { text: `↻${node.attempt}`, title: `attempt ${node.attempt}` },
    critical.includes(node.sub_id) && { text: "critical", title: "on the critical path: it sets when the tree ends" },
  ];
  return marks.filter((mark) => typeof mark === "object");
}

/** The compact graph has reasons as sentences only; this is how that of the code `late` ends. */
const isLate = (reason: string | null) => /^reported [A-Z_]+, late$/.test(reason ?? "");

/** The sub ids of each edge on the path, as `from to`. */
export function criticalEdges(path: readonly string[]): ReadonlySet<string> {
  return new Set(path.slice(1).map((sub, i) => `${path[i]} ${sub}`));
}

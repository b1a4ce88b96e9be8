/** What lies over the state of an event: small words on its card and in its row. */

import { formatDuration } from "@/lib/time";
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
  /** Milliseconds since the epoch; it moves on with the forecast. */
  now: number;
}

export interface Mark {
  text: string;
  /** What it means, for who points at it. */
  title: string;
}

export const BARE: Overlay = { asked: new Map(), overdue: new Set(), critical: [], held: false, now: 0 };

/** As often a trigger is sent before it is given up (`domain/backoff.py`). */
const MOST_SENDS = 10;
/** A CI system that was told to start a run, and has said nothing for this long. */
const SILENT_MS = 60_000;

export function marksOf({ node, state, attempt }: TreeRow, { asked, overdue, critical, held, now }: Overlay): Mark[] {
  const wish = asked.get(node.sub_id);
  const marks: (Mark | false | undefined)[] = [
    wish !== undefined && { text: wish, title: "asked for just now" },
    held && state === "waiting" && { text: "held", title: "its tree waits for an older one" },
    overdue.has(node.sub_id) && { text: "overdue", title: "takes longer than 9 of 10 runs before" },
    isLate(node.reason) && { text: "late", title: "reported after it had been given up; it still counts" },
    state === "cancelled" &&
      /^superseded /.test(node.reason ?? "") && { text: "superseded", title: "a newer tree took its place" },
    state === "queued" &&
      Boolean(node.sends) && {
        text: `retrying ${node.sends}/${MOST_SENDS}`,
        title: `its CI system could not be told ${node.sends} times; it is tried again`,
      },
    state === "triggered" && silence(node, now),
    attempt > 1 && { text: `↻${attempt}`, title: `attempt ${attempt}` },
    critical.includes(node.sub_id) && { text: "critical", title: "on the critical path: it sets when the tree ends" },
  ];
  return marks.filter((mark) => typeof mark === "object");
}

function silence(node: TreeRow["node"], now: number): Mark | false {
  const quiet = node.triggered_at ? now - Date.parse(node.triggered_at) : 0;
  if (quiet < SILENT_MS) return false;
  const left = node.deadline_at ? Date.parse(node.deadline_at) - now : null;
  const rest = left !== null && left > 0 ? `; given up in ${formatDuration(left)}` : "";
  return { text: "no sign of life", title: `nothing heard of its run for ${formatDuration(quiet)}${rest}` };
}

/** The compact graph has reasons as sentences only; this is how that of the code `late` ends. */
const isLate = (reason: string | null) => /^reported [A-Z_]+, late$/.test(reason ?? "");

/** The sub ids of each edge on the path, as `from to`. */
export function criticalEdges(path: readonly string[]): ReadonlySet<string> {
  return new Set(path.slice(1).map((sub, i) => `${path[i]} ${sub}`));
}

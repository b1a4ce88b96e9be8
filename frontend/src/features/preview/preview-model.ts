/** A preview as lines between cards, as rows in the order of falling, and as sentences. */
import type { GraphLine } from "@/components/graph/edge-style";
import type { Preview, PreviewEvent } from "@/lib/api/types";
import { compareSubIds } from "@/lib/sub-id";
import { formatDuration } from "@/lib/time";

const ROOT = "1";

/** A preview names no edges: those that pass stand in the reasons, those that a filter drops beside them. */
export function linesOf({ events, dropped }: Pick<Preview, "events" | "dropped">): GraphLine[] {
  const known = new Set([ROOT, ...events.map((event) => event.sub_id)]);
  const lines = events.flatMap((event) =>
    parentsOf(event).map<GraphLine>((from) => ({
      from,
      to: event.sub_id,
      style: event.would_run ? "passed" : "blocked",
      each: event.join === "each",
    })),
  );
  const filtered = dropped.map<GraphLine>(({ upstream, downstream, text }) => ({
    from: upstream.sub_id,
    to: downstream.sub_id,
    style: "filtered",
    each: false,
    hint: text,
  }));
  return [...lines, ...filtered].filter((line) => known.has(line.from) && known.has(line.to));
}

function parentsOf({ reason }: PreviewEvent): string[] {
  const { parents } = (reason?.params ?? {}) as { parents?: { sub_id?: unknown }[] };
  return (Array.isArray(parents) ? parents : []).flatMap(({ sub_id }) => (typeof sub_id === "string" ? [sub_id] : []));
}

/** What an event is called; one that the viewer may not see is there, without a name. */
export const nameOf = ({ project }: Pick<PreviewEvent, "project">): string => project ?? "Private project";

/** Parents before children, then as the sub ids count. */
export function inOrder(events: readonly PreviewEvent[]): PreviewEvent[] {
  return [...events].sort((a, b) => a.rank - b.rank || compareSubIds(a.sub_id, b.sub_id));
}

const seconds = (s: number) => formatDuration(s * 1000);

/** How long the whole would take, as far as past runs tell. */
export function outlookText(preview: Preview): string {
  const { expected_s, pessimistic_s, certainty, without_history: unknown } = preview;
  if (expected_s === null || certainty === "none") return "How long it takes is not known: none of them has run yet.";
  const roughly = certainty === "about" ? "About " : "";
  const worse = pessimistic_s !== null && pessimistic_s > expected_s ? `, ${seconds(pessimistic_s)} on a slow day` : "";
  const missing = unknown
    ? ` ${unknown} of them ${unknown === 1 ? "has" : "have"} not run yet and ${unknown === 1 ? "counts" : "count"} as nothing.`
    : "";
  return `${roughly}${seconds(expected_s)} from the report to the end${worse}.${missing}`;
}

/** `3 s (p90 5 s)`, or that nothing is known. */
export function usualText({ p50_s, p90_s }: Pick<PreviewEvent, "p50_s" | "p90_s">): string {
  if (p50_s === null) return "no history";
  const [usual, slow] = [seconds(p50_s), seconds(p90_s ?? p50_s)];
  return usual === slow ? usual : `${usual} (p90 ${slow})`;
}

/** The names along the critical path, the root first. */
export function criticalNames(
  { events, critical_path }: Pick<Preview, "events" | "critical_path">,
  root: string,
): string[] {
  const names = new Map(events.map((event) => [event.sub_id, nameOf(event)]));
  return critical_path.map((sub) => (sub === ROOT ? root : (names.get(sub) ?? sub)));
}

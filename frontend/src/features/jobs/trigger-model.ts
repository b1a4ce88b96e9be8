/** Triggers as they are typed and sent, and as they are said. Pure. */
import type { Trigger, TriggerCreate } from "@/lib/api/types";
import { formatDuration, parseDuration } from "@/lib/time";

export type Kind = Trigger["kind"];

export const KIND_NAME: Record<Kind, string> = { schedule: "Schedule", webhook: "Webhook", poll: "Watched repository" };

const MOST_BRANCHES = 3;

/** One line that says when it starts the job. */
export function sentenceOf({ kind, cron, text, zone, branches, every_s }: Trigger): string {
  if (kind === "schedule") return `${text ?? cron} (${zone ?? "UTC"})`;
  const some = branches.slice(0, MOST_BRANCHES).join(", ");
  const more = branches.length > MOST_BRANCHES ? ` and ${branches.length - MOST_BRANCHES} more` : "";
  if (kind === "webhook")
    return branches.length ? `When it is called, for pushes to ${some}${more}` : "When it is called";
  const often = every_s ? `every ${formatDuration(every_s * 1000)}` : "again and again";
  return `Looks ${often} for new commits on ${some ? `${some}${more}` : "the job's branch"}`;
}

/** `NAME=value` by line; the first line that is no such thing is `wrong`. */
export function parametersOf(lines: string): { values: Record<string, string>; wrong: string | null } {
  const values: Record<string, string> = {};
  for (const line of lines.split("\n").map((one) => one.trim())) {
    if (!line) continue;
    const at = line.indexOf("=");
    if (at < 1) return { values, wrong: line };
    values[line.slice(0, at).trim()] = line.slice(at + 1);
  }
  return { values, wrong: null };
}

export const linesOf = (parameters: Record<string, string>): string =>
  Object.entries(parameters)
    .map(([name, value]) => `${name}=${value}`)
    .join("\n");

const listOf = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

/** What is sent of a form of this kind; a duration that cannot be read is left to the server to refuse as 0. */
export function triggerOf(kind: Kind, form: FormData): Omit<TriggerCreate, "kind"> {
  const text = (name: string) => String(form.get(name) ?? "").trim();
  const parameters = parametersOf(text("parameters")).values;
  const ref = text("ref") || null;
  if (kind === "schedule") {
    const missed = text("missed") === "skip" ? "skip" : "once";
    return { parameters, ref, cron: text("cron"), zone: text("zone") || "UTC", missed };
  }
  const branches = listOf(text("branches"));
  if (kind === "webhook") return { parameters, ref, branches };
  return { parameters, branches, every_s: Math.round((parseDuration(text("every_s")) ?? 0) / 1000) };
}

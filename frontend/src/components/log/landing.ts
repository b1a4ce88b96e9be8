/** Where a log opens, and which steps are open then. Pure. */
import type { Build, Step } from "@/lib/api/types";
import { asState, isBad, isFinal } from "@/lib/states";
import { firstError } from "./errors";
import type { LineRange } from "./line-link";
import { hasBegun, type Section } from "./log-rows";

/** What one wants to see of a step: a line by its number, the first error, where it is being written, or its beginning. */
export interface Wanted {
  n: number;
  what: number | "error" | "end" | "top";
}

/** A build that failed opens at its last failing step, one that runs where it is written; null is the top, all folded. */
export function landingOf(build: Build): Wanted | null {
  const begun = build.steps.filter(hasBegun);
  const running = begun.findLast((step) => asState(step.state) === "running");
  if (running && !isFinal(asState(build.state))) return { n: running.n, what: "end" };
  const failing = begun.findLast((step) => isBad(asState(step.state)));
  return failing ? { n: failing.n, what: "error" } : null;
}

/** What an address asks for: `?step=3#L120`. A link to a line wins over everything else. */
export function wantedOf(build: Build, step: number | null, lines: LineRange | null): Wanted | null {
  const asked = build.steps.find((one) => one.n === step);
  if (!asked) return landingOf(build);
  if (lines) return { n: asked.n, what: lines.from };
  const state = asState(asked.state);
  return { n: asked.n, what: isBad(state) ? "error" : state === "running" ? "end" : "top" };
}

/** Which steps are open at first: the one that is wanted, and those that run. */
export function openAtFirst(steps: readonly Step[], wanted: Wanted | null): ReadonlySet<number> {
  const running = steps.filter((step) => asState(step.state) === "running").map((step) => step.n);
  return new Set(wanted ? [wanted.n, ...running] : running);
}

/** Lines by which the beginning of a step is worth scrolling to. */
const ENOUGH = 200;

/**
 * The line (null: the header) that `what` stands for, now that this much of the log is here; undefined while it is not.
 * A line beyond the end of a finished log is its last one.
 */
export function lineFor(what: Exclude<Wanted["what"], "end">, section: Section): number | null | undefined {
  const complete = section.model?.eof ?? false;
  if (what === "top") return complete || section.lines >= ENOUGH ? null : undefined;
  const last = section.lines ? section.first + section.lines - 1 : null;
  if (what === "error") return complete ? (firstError(section) ?? last) : undefined;
  if (last !== null && what <= last) return Math.max(what, section.first);
  return complete ? last : undefined;
}

/** What differs between two runs of a step, in words. Pure. */
import type { BuildComparison } from "@/lib/api/types";
import { formatDuration } from "@/lib/time";

type ComparedStep = BuildComparison["steps"][number];

export const DIFFERENCE: Record<ComparedStep["difference"], string> = {
  broke: "✕ suspect: fails now",
  fails: "✕ fails, too",
  state: "ended otherwise",
  added: "new step",
  removed: "not there any more",
  slower: "slower",
  faster: "faster",
  same: "as before",
};

export const isSuspect = ({ difference }: ComparedStep): boolean => difference === "broke" || difference === "fails";
export const isWorthSaying = ({ difference }: ComparedStep): boolean => difference !== "same";

/** "+1m 20s", "−4 s"; nothing where one of them has no end, or both took as long but for less than a second. */
export function longerBy({ old, new: now }: ComparedStep): string {
  if (!old || !now || old.took_ms === null || now.took_ms === null) return "";
  const more = now.took_ms - old.took_ms;
  return Math.abs(more) < 1000 ? "" : `${more > 0 ? "+" : "−"}${formatDuration(Math.abs(more))}`;
}

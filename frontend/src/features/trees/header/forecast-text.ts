/** When a tree will end, in words. */
import type { Forecast, TreeNumbers } from "@/lib/api/types";
import { formatLocal } from "@/lib/time";

const two = (n: number) => String(n).padStart(2, "0");

/** `10:41` today, `2026-11-22 10:41` on another day; in the viewer's zone. */
function clock(at: number, now: number): string {
  const then = new Date(at);
  if (then.toDateString() !== new Date(now).toDateString()) return formatLocal(at);
  return `${two(then.getHours())}:${two(then.getMinutes())}`;
}

/** "ETA 10:41 (p90 10:55)"; "about" where few runs are known; null without any history, and when the tree has ended. */
export function etaText(forecast: Forecast | undefined, now: number): string | null {
  if (forecast?.state !== "running" || forecast.certainty === "none" || !forecast.expected_end) return null;
  const expected = clock(Date.parse(forecast.expected_end), now);
  const late = forecast.pessimistic_end ? clock(Date.parse(forecast.pessimistic_end), now) : expected;
  const about = forecast.certainty === "about" ? "about " : "";
  return `ETA ${about}${expected}${late === expected ? "" : ` (p90 ${late})`}`;
}

/** What the expected end rests on. */
export function etaTitle(forecast: Forecast): string {
  const without = forecast.without_history;
  if (!without) return "by what these projects took before; 9 of 10 trees end by the second time";
  return `by what these projects took before; ${without} of them without a past run ${without === 1 ? "is" : "are"} left out`;
}

/** "25 %"; one digit after the point only where it says something. */
export function percentText(percent: TreeNumbers["all_levels"]["failed_percent"]): string {
  if (percent === null) return "none settled";
  return `${Number(percent.toFixed(percent < 10 ? 1 : 0))} %`;
}

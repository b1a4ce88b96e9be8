import type { Forecast } from "@/lib/api/types";
import { formatLocal } from "@/lib/time";

type Ends = Pick<Forecast, "expected_end" | "pessimistic_end" | "certainty">;

/** "10:41–10:55", "about 10:41" where little is known, "no history" where nothing is; the viewer's zone. */
export function endText({ expected_end, pessimistic_end, certainty }: Ends, now: number): string {
  if (certainty === "none" || !expected_end) return "no history";
  const first = clock(expected_end, now);
  const last = pessimistic_end ? clock(pessimistic_end, now) : first;
  return `${certainty === "about" ? "about " : ""}${first}${last === first ? "" : `–${last}`}`;
}

/** The time of day; with the date where it is not today. */
function clock(at: string, now: number): string {
  const text = formatLocal(Date.parse(at));
  const [today] = formatLocal(now).split(" ");
  return text.startsWith(`${today} `) ? text.slice(11) : text;
}

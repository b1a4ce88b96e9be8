/** Bars of runs beside each other. Pure. */

const LOWEST = 12;
const UNKNOWN = 50;

/** How high each bar is, in percent of the longest; all alike where no duration is known. */
export function heights(last: readonly { duration_s: number | null }[]): number[] {
  const longest = Math.max(0, ...last.map((run) => run.duration_s ?? 0));
  const high = (span: number | null) => Math.max(LOWEST, Math.round((100 * (span ?? 0)) / longest));
  return last.map(({ duration_s }) => (longest ? high(duration_s) : UNKNOWN));
}

/** A tree in one line: a bar with a piece for each state, and how many events are settled. */
import { isFinal, STATE_WORD, type State } from "@/lib/states";
import classes from "./state-bars.module.css";

const ORDER: readonly State[] = [
  "success",
  "failed",
  "timed_out",
  "undeliverable",
  "cancelled",
  "skipped",
  "running",
  "triggered",
  "queued",
  "waiting",
];

export function StateBars({ counts, total }: { counts: [State, number][]; total: number }) {
  const settled = counts.filter(([state]) => isFinal(state)).reduce((sum, [, n]) => sum + n, 0);
  const words = counts.map(([state, n]) => `${n} ${STATE_WORD[state]}`).join(", ");
  const pieces = ORDER.flatMap((state) => counts.filter(([one]) => one === state));
  return (
    <span className={classes.bars} title={words}>
      <span className={classes.bar} aria-hidden="true">
        {pieces.map(([state, n]) => (
          <i key={state} data-state={state} style={{ flexGrow: n }} />
        ))}
      </span>
      <span className={classes.count} aria-hidden="true">
        {settled}/{total}
      </span>
      <span className="sr-only">{words}</span>
    </span>
  );
}

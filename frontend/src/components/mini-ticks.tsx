/** The last runs in a row of a table: a mark each, its height how long it took, a shape on what went wrong. */
import { asState, countStates, isBad, STATE_WORD } from "@/lib/states";
import classes from "./mini-ticks.module.css";
import { StateIcon } from "./state-icon";
import { heights } from "./tick-heights";

interface LastRun {
  state: string;
  duration_s: number | null;
}

/** `last` is the newest first; time goes from left to right. */
export function MiniTicks({ last }: { last: readonly LastRun[] }) {
  if (!last.length) return <span className="muted">no run yet</span>;
  const runs = [...last].reverse();
  const high = heights(runs);
  return (
    <span className={classes.ticks} role="img" aria-label={wordsOf(last)} title={wordsOf(last)}>
      {runs.map((run, i) => {
        const state = asState(run.state);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a tick is nothing but its place
          <span key={i} className={classes.tick} data-state={state}>
            {isBad(state) && <StateIcon state={state} size={8} />}
            <i className={classes.bar} style={{ height: `${high[i] ?? 0}%` }} />
          </span>
        );
      })}
    </span>
  );
}

/** "Last 20: 17 success, 3 failed; the newest failed". */
export function wordsOf(last: readonly LastRun[]): string {
  const counts = countStates(last.map((run) => asState(run.state)));
  const parts = counts.map(([state, n]) => `${n} ${STATE_WORD[state]}`).join(", ");
  return `Last ${last.length}: ${parts}; the newest ${STATE_WORD[asState(last[0]?.state)]}`;
}

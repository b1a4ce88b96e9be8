/** The last runs as bars: height for how long, a shape on top for what did not succeed. Each opens what ran. */
import { Link } from "react-router";
import { asState, STATE_WORD } from "@/lib/states";
import { formatDuration, formatLocal } from "@/lib/time";
import classes from "./run-ticks.module.css";
import { StateIcon } from "./state-icon";
import { heights } from "./tick-heights";

export interface TickedRun {
  key: string;
  state: string;
  at: string;
  duration_s: number | null;
  /** Nothing where there is no page of it. */
  to: string | null;
}

/** `last` is the newest first; time goes from left to right. */
export function RunTicks({ last }: { last: readonly TickedRun[] }) {
  const runs = [...last].reverse();
  const high = heights(runs);
  return (
    <ol className={classes.ticks} aria-label={`Last ${runs.length} runs, the newest at the end`}>
      {runs.map((run, i) => (
        <li key={run.key}>
          <Tick run={run} height={high[i] ?? 0} />
        </li>
      ))}
    </ol>
  );
}

function Tick({ run, height }: { run: TickedRun; height: number }) {
  const state = asState(run.state);
  const took = run.duration_s === null ? "" : `, ${formatDuration(run.duration_s * 1000)}`;
  const words = `${STATE_WORD[state]}${took}, ${formatLocal(Date.parse(run.at))}`;
  const shared = { className: classes.tick, "data-state": state, "aria-label": words, title: words };
  const bar = (
    <>
      {state !== "success" && <StateIcon state={state} size={12} />}
      <span className={classes.bar} style={{ height: `${height}%` }} />
    </>
  );
  if (run.to === null)
    return (
      <span role="img" {...shared}>
        {bar}
      </span>
    );
  return (
    <Link to={run.to} {...shared}>
      {bar}
    </Link>
  );
}

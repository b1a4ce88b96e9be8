/** The last runs as bars: height for how long, a shape on top for what did not succeed. Each opens its event. */
import { Link } from "react-router";
import { StateIcon } from "@/components/state-icon";
import type { ProjectNumbers } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { asState, STATE_WORD } from "@/lib/states";
import { formatDuration, formatLocal } from "@/lib/time";
import { heights } from "./numbers-model";
import classes from "./ticks.module.css";

type Run = ProjectNumbers["last"][number];

/** `last` is the newest first; time goes from left to right. */
export function RunTicks({ last }: { last: readonly Run[] }) {
  const runs = [...last].reverse();
  const high = heights(runs);
  return (
    <ol className={classes.ticks} aria-label={`Last ${runs.length} runs, the newest at the end`}>
      {runs.map((run, i) => (
        <li key={`${run.tree_id} ${run.sub_id} ${run.at}`}>
          <Tick run={run} height={high[i] ?? 0} />
        </li>
      ))}
    </ol>
  );
}

function Tick({ run, height }: { run: Run; height: number }) {
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
  // a run outside of any tree has no event to open
  if (run.tree_id === null || run.sub_id === null)
    return (
      <span role="img" {...shared}>
        {bar}
      </span>
    );
  return (
    <Link to={paths.event(run.tree_id, run.sub_id)} {...shared}>
      {bar}
    </Link>
  );
}

/** Steps of a test: each with what was found, how long it took, and what to do where it does not hold. */
import { StateIcon } from "@/components/state-icon";
import type { Finding } from "@/lib/api/types";
import { formatDuration } from "@/lib/time";
import classes from "./settings.module.css";

export function Findings({ of }: { of: readonly Finding[] }) {
  return of.map(({ step, ok, detail, fix, duration_ms }, i) => (
    // a step may come twice: a token for starting, a token for looking
    // biome-ignore lint/suspicious/noArrayIndexKey: the list of one test never changes
    <li key={`${step} ${i}`} className={classes.step}>
      <StateIcon state={ok ? "success" : "failed"} />
      <span>
        <strong>{step}</strong>
        <span className="sr-only">{ok ? " holds" : " does not hold"}</span> {detail}
        {fix && <span className={classes.fix}>→ {fix}</span>}
      </span>
      <span className={classes.took}>{duration_ms === null ? "" : formatDuration(duration_ms)}</span>
    </li>
  ));
}

/** Instants and durations. A click on any instant switches all of them between relative, local and UTC. */
import { prefer, preferences, usePreferences } from "@/lib/preferences";
import { elapsed, formatDuration, formatLocal, formatTime, formatUtc, type TimeStyle } from "@/lib/time";
import { useNow } from "@/lib/use-now";
import classes from "./time.module.css";

const STYLES: readonly TimeStyle[] = ["relative", "local", "utc"];

function nextStyle(): void {
  prefer({ times: STYLES[(STYLES.indexOf(preferences().times) + 1) % STYLES.length] ?? "relative" });
}

export function Time({ at }: { at: string | null | undefined }) {
  const shown = usePreferences().times;
  const now = useNow(shown === "relative");
  if (!at) return <span className="muted">–</span>;
  const instant = Date.parse(at);
  const exact = `${formatLocal(instant)} local, ${formatUtc(instant)}`;
  return (
    <button type="button" className={classes.time} data-exact={exact} onClick={nextStyle}>
      <time dateTime={at}>{formatTime(instant, shown, now)}</time>
    </button>
  );
}

/** How long something took, or has taken so far, ticking. */
export function Duration({ from, to }: { from: string | null | undefined; to: string | null | undefined }) {
  const now = useNow(Boolean(from) && !to);
  const span = elapsed(from, to, now);
  return (
    <span className="num">
      {span === null ? <span className="muted">–</span> : formatDuration(to ? span : Math.max(1000, span))}
    </span>
  );
}

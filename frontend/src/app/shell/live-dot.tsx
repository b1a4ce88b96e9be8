import { useLiveStatus } from "@/lib/live/live-context";
import { formatClock } from "@/lib/time";
import classes from "./shell.module.css";

/** Whether what is shown follows by itself, and if not, how old it is. */
export function LiveDot() {
  const { status, since } = useLiveStatus();
  const text =
    status === "live" ? "Live" : status === "connecting" ? "Connecting" : `Reconnecting, data of ${formatClock(since)}`;
  return (
    <span className={classes.live} role="status" data-live={status}>
      <i className={classes.dot} data-off={status === "live" ? undefined : true} aria-hidden="true" />
      <span>{text}</span>
    </span>
  );
}

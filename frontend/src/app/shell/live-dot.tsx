import { useLiveStatus } from "@/lib/live/live-context";
import { formatLocal } from "@/lib/time";
import classes from "./shell.module.css";

/** Whether what is shown follows by itself, and if not, how old it is. */
export function LiveDot() {
  const { status, since } = useLiveStatus();
  const text = status === "live" ? "Live" : status === "connecting" ? "Connecting" : "Reconnecting";
  const title = status === "reconnecting" ? `Data as of ${formatLocal(since)}` : undefined;
  return (
    <span className={classes.live} role="status" title={title} data-live={status}>
      <i className={classes.dot} data-off={status === "live" ? undefined : true} aria-hidden="true" />
      <span>{text}</span>
    </span>
  );
}

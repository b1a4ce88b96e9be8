import { formatDuration } from "@/lib/time";
import classes from "./timeline.module.css";
import { type Range, ticks } from "./timeline-model";

/** The time since the tree was opened, above the rows; what is being dragged says how long it is. */
export function Axis({ range, opened, dragged }: { range: Range; opened: number; dragged: Range | null }) {
  const at = (moment: number) => `${((moment - range.from) / (range.to - range.from)) * 100}%`;
  return (
    <div className={classes.axis} aria-hidden="true">
      <span className={classes.label}>{dragged ? `${formatDuration(dragged.to - dragged.from)} chosen` : "Event"}</span>
      <span className={classes.scale}>
        {ticks(range, opened, 8).map((tick) => (
          <span key={tick} className={classes.tick} style={{ left: at(opened + tick) }}>
            {tick === 0 ? "0" : formatDuration(tick)}
          </span>
        ))}
      </span>
    </div>
  );
}

import { StateText } from "@/components/state-badge";
import { Time } from "@/components/time";
import type { EventDetail } from "@/lib/api/types";
import { asState } from "@/lib/states";
import classes from "./drawer.module.css";

/** Every change of state of this event, newest last. */
export function HistoryTab({ event }: { event: EventDetail }) {
  return (
    <ol className={classes.list}>
      {event.history.map((change) => (
        <li key={`${change.at} ${change.to}`} className={classes.fact}>
          <StateText state={asState(change.to)} />
          <span className="muted">
            <Time at={change.at} />
          </span>
          <span>{change.text}</span>
        </li>
      ))}
    </ol>
  );
}

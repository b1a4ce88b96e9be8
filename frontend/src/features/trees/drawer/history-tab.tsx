import { StateText } from "@/components/state-badge";
import { Time } from "@/components/time";
import type { EventDetail } from "@/lib/api/types";
import { asState } from "@/lib/states";
import classes from "./drawer.module.css";

/** Every change of state of this event, newest last. */
export function HistoryTab({ event }: { event: EventDetail }) {
  return (
    <ol className={classes.steps}>
      {event.history.map((change) => (
        <li key={`${change.at} ${change.to} ${change.code}`} data-state={asState(change.to)}>
          <StateText state={asState(change.to)} />
          <span>{change.text}</span>
          <span className={classes.fact}>
            <Time at={change.at} /> <code>{change.code}</code>
          </span>
        </li>
      ))}
    </ol>
  );
}

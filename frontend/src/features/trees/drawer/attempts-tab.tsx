import { Link } from "react-router";
import { Empty } from "@/components/empty";
import { StateText } from "@/components/state-badge";
import { Duration, Time } from "@/components/time";
import type { EventDetail } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { asState } from "@/lib/states";
import classes from "./drawer.module.css";

/** Each try to run the event's pipeline, newest first. */
export function AttemptsTab({ event }: { event: EventDetail }) {
  if (!event.attempts.length) return <Empty title="No attempt yet">It starts when its parents let it.</Empty>;
  const newestFirst = [...event.attempts].sort((a, b) => b.number - a.number);
  return (
    <ol className={classes.list}>
      {newestFirst.map((attempt) => (
        <li key={attempt.number} className={classes.item}>
          <span className={classes.line}>
            <strong>Attempt {attempt.number}</strong>
            <StateText state={asState(attempt.state)} />
            {attempt.build_id && <Link to={paths.build(attempt.build_id)}>Build and log</Link>}
          </span>
          <dl className={classes.times}>
            <dt>Queued</dt>
            <dd>
              <Time at={attempt.queued_at} />
            </dd>
            <dt>Triggered</dt>
            <dd>
              <Time at={attempt.triggered_at} />
            </dd>
            <dt>Started</dt>
            <dd>
              <Time at={attempt.started_at} />
            </dd>
            <dt>Took</dt>
            <dd>
              <Duration from={attempt.started_at} to={attempt.finished_at} />
            </dd>
          </dl>
        </li>
      ))}
    </ol>
  );
}

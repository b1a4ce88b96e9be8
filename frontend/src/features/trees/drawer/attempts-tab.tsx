import { Link } from "react-router";
import { Empty } from "@/components/empty";
import { StateText } from "@/components/state-badge";
import { Duration, Time } from "@/components/time";
import type { EventDetail } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { asState, isFinal } from "@/lib/states";
import classes from "./drawer.module.css";
import { httpOnly } from "./http-only";

type Attempt = EventDetail["attempts"][number];

/** Each try to run the event's pipeline, newest first; older ones stay as they were. */
export function AttemptsTab({ event }: { event: EventDetail }) {
  if (!event.attempts.length) return <Empty title="No attempt yet">It starts when its parents let it.</Empty>;
  const newestFirst = [...event.attempts].sort((a, b) => b.number - a.number);
  return (
    <ol className={classes.list}>
      {newestFirst.map((attempt) => (
        <li key={attempt.number} className={classes.item} data-old={attempt.number < (event.attempt ?? 0) || undefined}>
          <Head attempt={attempt} />
          <dl className={classes.times}>
            <dt>Asked for</dt>
            <dd>
              by {attempt.asked_by ?? "the tree"}, <Time at={attempt.queued_at} />
            </dd>
            {attempt.ref && (
              <>
                <dt>Ref</dt>
                <dd>{attempt.ref}</dd>
              </>
            )}
            {attempt.status && (
              <>
                <dt>Reported</dt>
                <dd>
                  {attempt.status}
                  {attempt.late && " — late, after it had been given up"}
                </dd>
              </>
            )}
            <Spans attempt={attempt} />
          </dl>
        </li>
      ))}
    </ol>
  );
}

function Head({ attempt }: { attempt: Attempt }) {
  const run = attempt.run_url ? httpOnly(attempt.run_url) : undefined;
  return (
    <span className={classes.line}>
      <strong>Attempt {attempt.number}</strong>
      <StateText state={asState(attempt.state)} />
      {attempt.build_id && <Link to={paths.build(attempt.build_id)}>Build and log</Link>}
      {!attempt.build_id && run && (
        <a href={run} rel="noreferrer" target="_blank">
          Open the run ↗
        </a>
      )}
    </span>
  );
}

/** How long it stood in the queue, and how long it ran. */
function Spans({ attempt }: { attempt: Attempt }) {
  const ended = isFinal(asState(attempt.state)) ? attempt.finished_at : null;
  return (
    <>
      <dt>Queued for</dt>
      <dd>
        <Duration from={attempt.queued_at} to={attempt.started_at ?? ended} />
      </dd>
      {attempt.started_at && (
        <>
          <dt>Ran for</dt>
          <dd>
            <Duration from={attempt.started_at} to={ended} />
          </dd>
        </>
      )}
      {ended && (
        <>
          <dt>Ended</dt>
          <dd>
            <Time at={ended} />
          </dd>
        </>
      )}
    </>
  );
}

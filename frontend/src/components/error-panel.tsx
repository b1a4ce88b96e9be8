/** What went wrong, in the server's own words, what to do about it, and the way to try again. */
import { Button } from "@mantine/core";
import { adviceOf, fieldTexts } from "@/lib/api/advice";
import type { ApiError } from "@/lib/api/problem";
import { formatClock } from "@/lib/time";
import { Copyable } from "./copyable";
import { NotFound } from "./not-found";
import classes from "./panels.module.css";
import { StateIcon } from "./state-icon";
import { useWait } from "./wait";

export function ErrorPanel({ error, onRetry }: { error: ApiError; onRetry?: () => void }) {
  if (error.status === 404) return <NotFound />;
  const { title, text, next, again } = adviceOf(error);
  return (
    <div className={classes.error} role="alert">
      <h2>
        <StateIcon state={error.unreachable ? "timed_out" : "failed"} /> {title}
      </h2>
      <p>{text}</p>
      <Fields error={error} />
      {next && <p className="muted">{next}</p>}
      <RequestId error={error} />
      {onRetry && again && <Retry error={error} onRetry={onRetry} />}
    </div>
  );
}

/** Asks again; where the server said when, not before that. */
function Retry({ error, onRetry }: { error: ApiError; onRetry(): void }) {
  const wait = useWait(error.retryAt);
  return (
    <div className={classes.again}>
      <Button variant="default" disabled={wait > 0} onClick={onRetry}>
        Retry
      </Button>
      {wait > 0 && <span className="muted num">in {wait} s</span>}
    </div>
  );
}

function Fields({ error }: { error: ApiError }) {
  const texts = fieldTexts(error);
  if (!texts.length) return null;
  return (
    <ul className={classes.list}>
      {texts.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}

/** Only of faults: a refusal needs nobody to look it up. */
function RequestId({ error: { status, requestId } }: { error: ApiError }) {
  if (!requestId || status < 500) return null;
  return <Copyable label="request id" text={requestId} />;
}

/** Old data stays on the page when a refetch fails; this says so, and how old they are. */
export function StaleNote({ error, at, onRetry }: { error: ApiError; at: number; onRetry: () => void }) {
  const { title, text } = adviceOf(error);
  const age = `data of ${formatClock(at)}`;
  return (
    <p className={classes.stale} role="alert">
      {error.unreachable ? `Reconnecting, ${age}.` : `${title}: ${text} What is shown is ${age}.`}{" "}
      <button type="button" className={classes.link} onClick={onRetry}>
        Retry
      </button>
    </p>
  );
}

/** What went wrong, in the server's own words, and the way to try again. */
import { Button } from "@mantine/core";
import type { ApiError } from "@/lib/api/problem";
import { formatLocal } from "@/lib/time";
import { NotFound } from "./not-found";
import classes from "./panels.module.css";
import { StateIcon } from "./state-icon";

export function ErrorPanel({ error, onRetry }: { error: ApiError; onRetry?: () => void }) {
  if (error.status === 404) return <NotFound />;
  return (
    <div className={classes.error} role="alert">
      <h2>
        <StateIcon state="failed" /> {error.title}
      </h2>
      <p>{error.detail}</p>
      {error.requestId && <p className="muted mono">request {error.requestId}</p>}
      {onRetry && (
        <Button variant="default" onClick={onRetry}>
          Retry
        </Button>
      )}
    </div>
  );
}

/** Old data stays on the page when a refetch fails; this says so. */
export function StaleNote({ error, at, onRetry }: { error: ApiError; at: number; onRetry: () => void }) {
  return (
    <p className={classes.stale} role="alert">
      {error.title}: {error.detail} Shown as of {formatLocal(at)}.{" "}
      <button type="button" className={classes.link} onClick={onRetry}>
        Retry
      </button>
    </p>
  );
}

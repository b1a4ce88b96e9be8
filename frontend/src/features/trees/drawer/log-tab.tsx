/** The log of the event's build, where an own agent runs it; else the way to where the log is. */
import { lazy, Suspense, useMemo } from "react";
import { Empty } from "@/components/empty";
import { Loaded } from "@/components/loaded";
import { hasBegun } from "@/components/log/log-rows";
import { Skeleton } from "@/components/skeleton";
import { buildQuery, useBuild } from "@/lib/api/calls/get-build";
import type { EventDetail } from "@/lib/api/types";
import { useLiveRefetch } from "@/lib/live/use-live-refetch";
import { systemOf } from "../systems";
import classes from "./drawer.module.css";
import { httpOnly } from "./http-only";

const LogView = lazy(async () => ({ default: (await import("@/components/log/log-view")).LogView }));

export function LogTab({ event }: { event: EventDetail }) {
  if (event.build_id) return <BuildLog build={event.build_id} />;
  const run = event.run_url ? httpOnly(event.run_url) : undefined;
  return (
    <div className={classes.body}>
      {run ? (
        <Empty title="The log is where the pipeline runs">
          <a href={run} rel="noreferrer" target="_blank">
            Open in {systemOf(event.target)} ↗
          </a>
        </Empty>
      ) : (
        <Empty title="No log yet">
          {event.target === "agent"
            ? "No agent has taken the build yet; Why says what it waits for."
            : "The CI system has not said where the pipeline runs. It may with its result, or before."}
        </Empty>
      )}
    </div>
  );
}

function BuildLog({ build }: { build: string }) {
  const query = useBuild(build);
  useLiveRefetch(
    `build:${build}`,
    useMemo(() => buildQuery(build).queryKey, [build]),
  );
  return (
    <Loaded query={query} rows={6}>
      {(data) =>
        data.steps.some(hasBegun) ? (
          <Suspense fallback={<Skeleton rows={6} />}>
            <LogView key={`${data.id} ${data.started_at}`} build={data} />
          </Suspense>
        ) : (
          <div className={classes.body}>
            <Empty title="No step has begun">
              {data.waiting?.text ?? data.reason?.text ?? "The agent reads the pipeline."}
            </Empty>
          </div>
        )
      }
    </Loaded>
  );
}

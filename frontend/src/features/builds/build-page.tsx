/** One build: its stages and steps, their logs, and what it left behind. */
import { type ReactNode, Suspense, useMemo } from "react";
import { useParams, useSearchParams } from "react-router";
import { Crumbs } from "@/components/crumbs";
import { Empty } from "@/components/empty";
import { crumbsOfBuild, nameOfBuild } from "@/components/job-crumbs";
import { Loaded } from "@/components/loaded";
import { landingOf } from "@/components/log/landing";
import { hasBegun } from "@/components/log/log-rows";
import { LogView } from "@/components/log/log-view";
import { Skeleton } from "@/components/skeleton";
import { buildQuery, useBuild } from "@/lib/api/calls/get-build";
import type { Build, RunJob } from "@/lib/api/types";
import { useLiveRefetch } from "@/lib/live/use-live-refetch";
import { paths } from "@/lib/paths";
import { asState, isFinal, STATE_WORD } from "@/lib/states";
import { formatLocal } from "@/lib/time";
import { useTitle } from "@/lib/use-title";
import { BuildHeader } from "./build-header";
import classes from "./build-page.module.css";
import { BuildSide } from "./build-side";
import { Stages } from "./parts";
import { jobOf } from "./run-jobs";
import { entryOf, isDrawable, pipelinesOf, type Stage } from "./stage-model";
import { Waiting } from "./waiting";

export function BuildPage() {
  const { build = "" } = useParams();
  const query = useLiveBuild(build);
  return (
    <Loaded query={query} rows={8}>
      {(data) => <BuildContent key={data.id} build={data} />}
    </Loaded>
  );
}

function useLiveBuild(build: string) {
  useLiveRefetch(
    `build:${build}`,
    useMemo(() => buildQuery(build).queryKey, [build]),
  );
  return useBuild(build);
}

function BuildContent({ build }: { build: Build }) {
  const [query] = useSearchParams();
  const step = stepIn(query);
  const job = jobOf(build, query.get("job"));
  const pipelines = useMemo(() => pipelinesOf(build), [build]);
  const name = nameOfBuild(build);
  useTitle(`${name} — ${STATE_WORD[asState(build.state)]}`, asState(build.state));
  const linkOf = (stage: Stage) => {
    if (stage.job) return paths.buildJob(build.id, stage.name);
    const entry = entryOf(stage);
    return entry ? paths.build(build.id, entry.n) : null;
  };
  const current = currentStep(build, step);
  const holds = (stage: Stage) => (job ? stage.name === job.name : stage.steps.some((one) => one.n === current));
  const at = pipelines.flatMap((one) => one.stages).find(holds);
  const panes = (shown: Build | null) => (
    <div className={classes.split}>
      <BuildSide
        build={build}
        pipelines={pipelines}
        shown={shown}
        current={shown && currentStep(shown, step)}
        linkOf={linkOf}
      />
      <div className={classes.log}>
        <Log build={build} job={job} shown={shown} />
      </div>
    </div>
  );
  return (
    <div className={classes.page}>
      <Crumbs items={crumbsOfBuild(build)} />
      <BuildHeader build={build} />
      {isDrawable(pipelines) && (
        <Suspense fallback={<div className={classes.coming} />}>
          <Stages pipelines={pipelines} current={at?.key ?? null} linkOf={linkOf} />
        </Suspense>
      )}
      {job?.build_id ? <OfJob id={job.build_id}>{panes}</OfJob> : panes(build.jobs.length ? null : build)}
    </div>
  );
}

/** The build that runs a job of a workflow with routes, live; null while it is being fetched. */
function OfJob({ id, children }: { id: string; children(shown: Build | null): ReactNode }) {
  return children(useLiveBuild(id).data ?? null);
}

const stepIn = (query: URLSearchParams): number => Number(query.get("step") ?? Number.NaN);

const currentStep = (build: Build, asked: number): number | null =>
  build.steps.find((one) => one.n === asked)?.n ?? landingOf(build)?.n ?? null;

interface LogProps {
  build: Build;
  job: RunJob | null;
  /** The build whose log it is: the build itself, or the one that runs the chosen job of its workflow. */
  shown: Build | null;
}

function Log({ build, job, shown }: LogProps) {
  const expired = (shown ?? build).expired_at;
  if (expired)
    return (
      <Empty title="Its files were removed">
        The logs and artifacts of this build were kept until {formatLocal(Date.parse(expired))}. What is known of its
        steps stays.
      </Empty>
    );
  // an agent that lost the build leaves it to another one, which starts its logs anew
  if (shown?.steps.some(hasBegun)) return <LogView key={`${shown.id} ${shown.started_at}`} build={shown} />;
  return job?.build_id && !shown ? <Skeleton rows={6} /> : <NoStep build={shown ?? build} job={job} />;
}

function NoStep({ build, job }: { build: Build; job: RunJob | null }) {
  if (build.waiting) return <Waiting build={build} reason={build.waiting} />;
  if (job && !job.build_id)
    return (
      <Empty title={`${job.name} has not run`}>
        {isFinal(asState(build.state)) ? "No route to it was taken." : "No route to it has been taken yet."}
      </Empty>
    );
  const text = build.reason?.text ?? "The agent reads the pipeline.";
  return <Empty title={isFinal(asState(build.state)) ? "No step ran" : "No step yet"}>{text}</Empty>;
}

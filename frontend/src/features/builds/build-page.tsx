/** One build: its steps, their logs, and what it left behind. */
import { useMemo } from "react";
import { useParams, useSearchParams } from "react-router";
import { Crumbs } from "@/components/crumbs";
import { Empty } from "@/components/empty";
import { Loaded } from "@/components/loaded";
import type { Build, Step } from "@/lib/api/types";
import { useLiveRefetch } from "@/lib/live/use-live-refetch";
import { paths } from "@/lib/paths";
import { asState, isFinal, STATE_WORD } from "@/lib/states";
import { useTitle } from "@/lib/use-title";
import { buildQuery, useBuild } from "./api/get-build";
import { BuildHeader } from "./build-header";
import classes from "./build-page.module.css";
import { BuildSide } from "./build-side";
import { LogView } from "./log/log-view";

export function BuildPage() {
  const { build = "" } = useParams();
  const query = useBuild(build);
  useLiveRefetch(
    `build:${build}`,
    useMemo(() => buildQuery(build).queryKey, [build]),
  );
  return (
    <Loaded query={query} rows={8}>
      {(data) => <BuildContent key={data.id} build={data} />}
    </Loaded>
  );
}

function BuildContent({ build }: { build: Build }) {
  const [query] = useSearchParams();
  const state = asState(build.state);
  const asked = Number(query.get("step") ?? Number.NaN);
  const step = build.steps.find((one) => one.n === asked) ?? stepToShow(build.steps);
  const name = `${build.project.name} #${build.number}`;
  useTitle(`${name} — ${STATE_WORD[state]}`, state);
  return (
    <div className={classes.page}>
      <Crumbs
        items={[
          { text: "Builds", to: paths.builds() },
          { text: build.project.name, to: paths.project(build.project.name) },
          { text: `#${build.number}` },
        ]}
      />
      <BuildHeader build={build} />
      <div className={classes.split}>
        <BuildSide build={build} current={step?.n ?? null} />
        <div className={classes.log}>
          {step ? (
            <LogView
              key={`${build.id} ${step.n}`}
              build={build.id}
              step={step.n}
              name={step.name}
              running={!isFinal(asState(step.state))}
              size={step.log_size}
              fromEnd={step.state !== "success"}
            />
          ) : (
            <Empty title={isFinal(state) ? "No step ran" : "No step yet"}>
              {build.reason?.text ?? waitingText(build)}
            </Empty>
          )}
        </div>
      </div>
    </div>
  );
}

/** The step worth looking at: the one that failed, else the one that runs, else the last that ran. */
export function stepToShow(steps: readonly Step[]): Step | undefined {
  const ran = steps.filter((step) => step.state !== "waiting" && step.state !== "skipped");
  return (
    steps.find((step) => step.state === "failed" || step.state === "timed_out") ??
    steps.find((step) => step.state === "running") ??
    ran.at(-1) ??
    steps[0]
  );
}

function waitingText(build: Build): string {
  return build.state === "queued" ? "The build waits for an agent with a free slot." : "The agent reads the pipeline.";
}

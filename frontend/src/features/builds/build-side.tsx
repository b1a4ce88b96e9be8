/** The steps of a build by pipeline and stage, its artifacts and what it was started with. */
import { Link } from "react-router";
import { ArtifactList } from "@/components/artifact-list";
import { Pairs } from "@/components/pairs";
import { StateIcon } from "@/components/state-icon";
import { Duration } from "@/components/time";
import type { Build, Step } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { asState, STATE_WORD } from "@/lib/states";
import classes from "./build-page.module.css";

export function BuildSide({ build, current }: { build: Build; current: number | null }) {
  const pipelines = byPipeline(build.steps);
  const left = build.pipelines.filter((pipeline) => !pipeline.selected);
  return (
    <nav className={classes.side} aria-label="Steps, artifacts and parameters">
      <h2>Steps</h2>
      {pipelines.map(([pipeline, steps]) => (
        <section key={pipeline} aria-label={`Pipeline ${pipeline}`}>
          {(pipelines.length > 1 || left.length > 0) && <span className={classes.pipeline}>{pipeline}</span>}
          <ol className={classes.steps}>
            {steps.map((step) => (
              <StepLink key={step.n} build={build.id} step={step} current={step.n === current} />
            ))}
          </ol>
        </section>
      ))}
      {build.steps.length === 0 && <p className={`${classes.padded} muted`}>none yet</p>}
      {left.length > 0 && (
        <>
          <h2>Not selected</h2>
          {left.map((pipeline) => (
            <p key={pipeline.name} className={classes.padded}>
              {pipeline.name} <span className="muted">{pipeline.reason}</span>
            </p>
          ))}
        </>
      )}
      <h2>Artifacts {build.artifacts.length || ""}</h2>
      <div className={classes.padded}>
        <ArtifactList artifacts={build.artifacts} />
      </div>
      <h2>Parameters</h2>
      <div className={classes.padded}>
        <Pairs of={build.parameters} />
      </div>
    </nav>
  );
}

/** In the order in which the pipelines first appear. */
function byPipeline(steps: readonly Step[]): [string, Step[]][] {
  const names = [...new Set(steps.map((step) => step.pipeline))];
  return names.map((name) => [name, steps.filter((step) => step.pipeline === name)]);
}

function StepLink({ build, step, current }: { build: string; step: Step; current: boolean }) {
  const state = asState(step.state);
  const code = step.exit_code ? `, exit ${step.exit_code}` : "";
  return (
    <li>
      <Link
        to={paths.build(build, step.n)}
        replace
        className={classes.step}
        aria-current={current ? "step" : undefined}
        title={STATE_WORD[state] + code}
      >
        <StateIcon state={state} size={14} />
        <span className="ellipsis">
          {step.stage && step.stage !== step.name && <span className={classes.stage}>{step.stage} / </span>}
          {step.name}
          <span className="sr-only">, {STATE_WORD[state] + code}</span>
        </span>
        <span className={classes.took}>
          {step.started_at && <Duration from={step.started_at} to={step.finished_at} />}
        </span>
      </Link>
    </li>
  );
}

/** The stages of a build with their steps, and below them what else is known of it. */
import { Suspense } from "react";
import { Link } from "react-router";
import { StateIcon } from "@/components/state-icon";
import { Duration } from "@/components/time";
import type { Build, Step } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { asState, STATE_WORD, type State } from "@/lib/states";
import classes from "./build-page.module.css";
import { SideFacts } from "./parts";
import { asides, type Stage, type StagePipeline } from "./stage-model";

interface Props {
  build: Build;
  pipelines: readonly StagePipeline[];
  /** The build whose log is shown: of a workflow with routes the one that runs the chosen job. */
  shown: Build | null;
  current: number | null;
  linkOf(stage: Stage): string | null;
}

export function BuildSide({ build, pipelines, shown, current, linkOf }: Props) {
  const left = build.pipelines.filter((pipeline) => !pipeline.selected);
  return (
    <nav className={classes.side} aria-label="Steps, artifacts and parameters">
      <h2>Steps</h2>
      {pipelines.map((pipeline) => (
        <section key={pipeline.name} aria-label={`Pipeline ${pipeline.name}`}>
          {(pipelines.length > 1 || left.length > 0) && <span className={classes.pipeline}>{pipeline.name}</span>}
          <ol className={classes.steps}>
            <Steps steps={pipeline.before} current={current} linkTo={(step) => paths.build(build.id, step.n)} />
            {pipeline.stages.map((stage) => (
              <StageItem
                key={stage.key}
                stage={stage}
                shown={shown}
                build={build}
                current={current}
                to={linkOf(stage)}
              />
            ))}
            <Steps steps={pipeline.behind} current={current} linkTo={(step) => paths.build(build.id, step.n)} />
          </ol>
        </section>
      ))}
      {pipelines.length === 0 && <p className={`${classes.padded} muted`}>none yet</p>}
      <Suspense>
        <SideFacts build={build} shown={shown} />
      </Suspense>
    </nav>
  );
}

interface StageProps {
  build: Build;
  stage: Stage;
  shown: Build | null;
  current: number | null;
  to: string | null;
}

/** One row for a stage of one step, otherwise its own row with those of its steps below. */
function StageItem({ build, stage, shown, current, to }: StageProps) {
  const { job, name } = stage;
  const open = job !== null && job.build_id === shown?.id;
  const steps = job ? (open ? (shown?.steps ?? []) : []) : stage.steps;
  const [only] = steps;
  const linkTo = (step: Step) => (job ? paths.buildJob(build.id, job.name, step.n) : paths.build(build.id, step.n));
  if (!job && steps.length === 1 && only)
    return (
      <li>
        <StepRow step={only} to={linkTo(only)} current={only.n === current} stage={name === only.name ? null : name} />
      </li>
    );
  return (
    <li>
      <Row state={stage.state} to={to} current={open && current === null} took={stage}>
        {name || "steps"}
        {job?.agent && <span className={classes.stage}> on {job.agent.name}</span>}
      </Row>
      {steps.length > 0 && (
        <ol className={classes.inner}>
          <Steps steps={steps} current={current} linkTo={linkTo} />
        </ol>
      )}
    </li>
  );
}

interface StepsProps {
  steps: readonly Step[];
  current: number | null;
  linkTo(step: Step): string;
}

function Steps({ steps, current, linkTo }: StepsProps) {
  return steps.map((step) => (
    <li key={step.n}>
      <StepRow step={step} to={linkTo(step)} current={step.n === current} stage={null} />
    </li>
  ));
}

function StepRow({ step, to, current, stage }: { step: Step; to: string; current: boolean; stage: string | null }) {
  const said = asides(step);
  return (
    <Row
      state={asState(step.state)}
      to={to}
      current={current}
      took={{ from: step.started_at, to: step.finished_at }}
      word={step.exit_code ? `, exit ${step.exit_code}` : ""}
    >
      {stage && <span className={classes.stage}>{stage} / </span>}
      {step.name}
      {said.length > 0 && <span className={classes.aside}>{said.join(", ")}</span>}
    </Row>
  );
}

interface RowProps {
  state: State;
  to: string | null;
  current: boolean;
  took: { from: string | null; to: string | null };
  word?: string;
  children: React.ReactNode;
}

function Row({ state, to, current, took, word = "", children }: RowProps) {
  const inside = (
    <>
      <StateIcon state={state} size={14} />
      <span className="ellipsis">
        {children}
        <span className="sr-only">, {STATE_WORD[state] + word}</span>
      </span>
      <span className={classes.took}>{took.from && <Duration from={took.from} to={took.to} />}</span>
    </>
  );
  if (to === null) return <span className={classes.step}>{inside}</span>;
  return (
    <Link
      to={to}
      replace
      className={classes.step}
      aria-current={current ? "step" : undefined}
      title={STATE_WORD[state] + word}
    >
      {inside}
    </Link>
  );
}

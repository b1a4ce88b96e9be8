/**
 * A build as stages: which there are, how each stands, and what leads from one to another. Pure.
 * Hooks and steps whose failure is ignored do not decide how their stage stands.
 */
import type { Build, RunJob, Step } from "@/lib/api/types";
import { asState, isBad, isFinal, type State } from "@/lib/states";

export interface Stage {
  /** Unique within the build. */
  key: string;
  name: string;
  state: State;
  steps: readonly Step[];
  /** Steps that have ended, without hooks. */
  ended: number;
  counted: number;
  from: string | null;
  to: string | null;
  /** In a workflow with routes: the build that runs it, once it was set going. */
  job: RunJob | null;
}

export type Way = "after" | "success" | "fail";

export interface Line {
  from: string;
  to: string;
  way: Way;
  /** It has fired: what it comes from ended so. */
  taken: boolean;
}

export interface StagePipeline {
  name: string;
  routed: boolean;
  /** Hooks around all stages. */
  before: readonly Step[];
  behind: readonly Step[];
  stages: readonly Stage[];
  lines: readonly Line[];
}

/** The pipelines that run, in the order in which they were told; of an agent that tells no stages those of its steps. */
export function pipelinesOf(build: Build): StagePipeline[] {
  const chosen = build.pipelines.filter((one) => one.selected);
  const told = new Set(chosen.map((one) => one.name));
  const rest = [...new Set(build.steps.map((step) => step.pipeline))].filter((name) => !told.has(name));
  return [...chosen.map((one) => ({ ...one })), ...rest.map((name) => ({ name, routed: false, stages: [] }))]
    .map((one) => pipelineOf(build, one))
    .filter((one) => one.stages.length + one.before.length + one.behind.length > 0);
}

type Shape = Pick<Build["pipelines"][number], "name" | "routed" | "stages">;

function pipelineOf(build: Build, { name, routed, stages: shapes }: Shape): StagePipeline {
  const all = build.steps.filter((step) => step.pipeline === name);
  const around = all.filter((step) => step.hook && !step.stage);
  const steps = all.filter((step) => !around.includes(step));
  const jobs = new Map(routed ? build.jobs.map((job) => [job.name, job]) : []);
  const known = new Set(shapes.map((shape) => shape.name));
  const names = [...known, ...new Set(steps.map((step) => step.stage).filter((stage) => !known.has(stage)))];
  const stages = names.map((stage) => stageOf(build, { pipeline: name, stage, steps, job: jobs.get(stage) ?? null }));
  const stateOf = new Map(stages.map((stage) => [stage.name, stage.state]));
  const keyOf = (stage: string) => keyIn(name, stage);
  const lines = shapes.flatMap(({ name: at, depends_on, success, fail }) => [
    ...depends_on.map((from) => ({ from, to: at, way: "after" as const })),
    ...success.map((to) => ({ from: at, to, way: "success" as const })),
    ...fail.map((to) => ({ from: at, to, way: "fail" as const })),
  ]);
  return {
    name,
    routed,
    before: around.filter((step) => step.hook === "on_start"),
    behind: around.filter((step) => step.hook !== "on_start"),
    stages,
    lines: lines
      .filter(({ from, to }) => known.has(from) && known.has(to))
      .map(({ from, to, way }) => ({ from: keyOf(from), to: keyOf(to), way, taken: fired(way, stateOf.get(from)) })),
  };
}

const keyIn = (pipeline: string, stage: string) => JSON.stringify([pipeline, stage]);

const fired = (way: Way, state: State | undefined) =>
  way === "fail" ? state === "failed" || state === "timed_out" : state === "success";

interface Place {
  pipeline: string;
  stage: string;
  steps: readonly Step[];
  job: RunJob | null;
}

function stageOf(build: Build, { pipeline, stage, steps: all, job }: Place): Stage {
  const steps = all.filter((step) => step.stage === stage);
  const counted = steps.filter((step) => !step.hook);
  return {
    key: keyIn(pipeline, stage),
    name: stage,
    state: job ? asState(job.state) : foldSteps(steps, isFinal(asState(build.state))),
    steps,
    ended: counted.filter((step) => isFinal(asState(step.state))).length,
    counted: counted.length,
    from: job ? job.started_at : first(steps.map((step) => step.started_at)),
    to: job ? job.finished_at : endOf(steps),
    job,
  };
}

/** How a stage stands by its steps. Of a build that has ended nothing waits any more. */
export function foldSteps(steps: readonly Step[], over: boolean): State {
  const states = steps.filter(counts).map((step) => asState(step.state));
  const worst = (["timed_out", "failed", "cancelled"] as const).find((state) => states.includes(state));
  if (worst) return worst;
  if (steps.some((step) => asState(step.state) === "running")) return "running";
  const none = over ? "skipped" : "waiting";
  if (!states.length) return steps.some(isIgnored) ? "success" : none;
  const begun = states.includes("success");
  if (states.includes("waiting")) return begun && !over ? "running" : none;
  return begun ? "success" : "skipped";
}

const isIgnored = (step: Step) => step.ignored && isBad(asState(step.state));
const counts = (step: Step) => !step.hook && !isIgnored(step);

const first = (times: readonly (string | null)[]) => times.filter((at) => at !== null).sort()[0] ?? null;

/** When the last of them ended; null while one of them runs or is still to come. */
function endOf(steps: readonly Step[]): string | null {
  if (steps.some((step) => step.started_at && !step.finished_at)) return null;
  return (
    steps
      .map((step) => step.finished_at)
      .filter((at) => at !== null)
      .sort()
      .at(-1) ?? null
  );
}

/** The step that a stage's link leads to: the first that failed, else what runs, else the first that ran. */
export function entryOf(stage: Stage): Step | null {
  const has = (test: (state: State) => boolean) => stage.steps.find((step) => test(asState(step.state)));
  return (
    stage.steps.find((step) => isBad(asState(step.state)) && !step.ignored && !step.hook) ??
    has((state) => state === "running") ??
    has((state) => state !== "waiting" && state !== "skipped") ??
    stage.steps[0] ??
    null
  );
}

/** More stages are a list only: cards of that many cannot be taken in at a glance. */
export const MOST_CARDS = 40;

/** Whether there is anything to draw: stages with an order, and few enough of them. */
export function isDrawable(pipelines: readonly StagePipeline[]): boolean {
  const count = pipelines.reduce((sum, one) => sum + one.stages.length, 0);
  return count <= MOST_CARDS && pipelines.some((one) => one.lines.length > 0);
}

/** What of a step its state leaves out: that it is a hook, and that its failure counts for nothing. */
export function asides(step: Step): string[] {
  const hook = step.hook ? ["hook"] : [];
  return isIgnored(step) ? [...hook, "ignored"] : hook;
}

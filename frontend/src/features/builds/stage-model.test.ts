import { expect, it } from "vitest";
import { build, step } from "@/testing/builders";
import { layoutStages, STAGE } from "./stage-layout";
import { asides, entryOf, foldSteps, isDrawable, MOST_CARDS, pipelinesOf } from "./stage-model";

const shape = (name: string, more: Partial<{ depends_on: string[]; success: string[]; fail: string[] }> = {}) => ({
  name,
  depends_on: [],
  success: [],
  fail: [],
  ...more,
});
const pipeline = (stages: ReturnType<typeof shape>[], routed = false) => ({
  name: "build",
  selected: true,
  reason: null,
  routed,
  stages,
  parameters: [],
});

it("folds steps to a stage: hooks and ignored failures do not decide", () => {
  const done = step(1, { state: "success" });
  const ignored = step(2, { state: "failed", ignored: true });
  const hook = step(3, { state: "failed", hook: "on_failure" });
  expect(foldSteps([done, ignored, hook], true)).toBe("success");
  expect(foldSteps([done, step(4, { state: "failed" })], false)).toBe("failed");
  expect(foldSteps([done, step(4)], false)).toBe("running");
  expect(foldSteps([step(4)], false)).toBe("waiting");
  expect(foldSteps([step(4)], true)).toBe("skipped");
  expect(foldSteps([], true)).toBe("skipped");
  expect([asides(ignored), asides(hook)]).toEqual([["ignored"], ["hook"]]);
});

it("keeps the hooks around all stages out of the stages", () => {
  const steps = [
    step(1, { stage: "", hook: "on_start" }),
    step(2, { stage: "test", hook: "on_failure" }),
    step(3, { stage: "", hook: "on_success" }),
  ];
  const [one] = pipelinesOf(build({ steps }));
  expect([one?.before.length, one?.stages.map((stage) => stage.name), one?.behind.length]).toEqual([1, ["test"], 1]);
});

it("draws what was told, takes the lines that fired, and leads to the failing step", () => {
  const [one] = pipelinesOf(
    build({
      pipelines: [
        pipeline([
          shape("compile"),
          shape("test", { depends_on: ["compile"] }),
          shape("pack", { depends_on: ["test"] }),
        ]),
      ],
      steps: [
        step(1, { stage: "compile", state: "success" }),
        step(2, { stage: "test", state: "success" }),
        step(3, { stage: "test", state: "failed" }),
      ],
    }),
  );
  expect(one?.stages.map((stage) => [stage.name, stage.state])).toEqual([
    ["compile", "success"],
    ["test", "failed"],
    ["pack", "waiting"],
  ]);
  expect(one?.lines.map((line) => line.taken)).toEqual([true, false]);
  expect(one?.stages[1] && entryOf(one.stages[1])?.n).toBe(3);
});

it("knows the stages of an agent that tells none by its steps, and then draws nothing", () => {
  const pipelines = pipelinesOf(build({ steps: [step(1, { stage: "a" }), step(2, { stage: "b" })] }));
  expect(pipelines[0]?.stages.map((stage) => stage.name)).toEqual(["a", "b"]);
  expect(isDrawable(pipelines)).toBe(false);
  const many = Array.from({ length: MOST_CARDS + 1 }, (_, i) => shape(`s${i}`, i ? { depends_on: ["s0"] } : {}));
  expect(isDrawable(pipelinesOf(build({ pipelines: [pipeline(many)] })))).toBe(false);
});

it("takes a job's state from its build, and draws the routes of both kinds", () => {
  const job = (name: string, state: "success" | "failed" | "waiting") => ({
    ...{ name, state, build_id: state === "waiting" ? null : name, fired_by: [], agent: null },
    ...{ started_at: null, finished_at: null },
  });
  const [one] = pipelinesOf(
    build({
      pipelines: [
        pipeline(
          [shape("first", { success: ["good"], fail: ["mend"] }), shape("good"), shape("mend", { success: ["good"] })],
          true,
        ),
      ],
      jobs: [job("first", "failed"), job("good", "waiting"), job("mend", "success")],
    }),
  );
  if (!one) throw new Error("nothing is drawn");
  expect(one.lines.map((line) => [line.way, line.taken])).toEqual([
    ["success", false],
    ["fail", true],
    ["success", true],
  ]);
  const { cards, lines, width, height } = layoutStages(one);
  const at = one.stages.map((stage) => cards[stage.key]);
  expect(at[0]?.x).toBeLessThan(at[1]?.x ?? 0);
  expect(at[2]?.x).toBeLessThan(at[1]?.x ?? 0);
  expect(lines).toHaveLength(3);
  expect(width).toBeGreaterThan(3 * STAGE.width);
  expect(height).toBeGreaterThanOrEqual(STAGE.height);
});

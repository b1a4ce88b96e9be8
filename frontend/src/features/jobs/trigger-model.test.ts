import { expect, it } from "vitest";
import type { Trigger } from "@/lib/api/types";
import { linesOf, parametersOf, sentenceOf, triggerOf } from "./trigger-model";

const trigger = (more: Partial<Trigger>) => ({ branches: [], ...more }) as Trigger;

it.each([
  [{ kind: "schedule", text: "At 03:30", cron: "30 3 * * *", zone: "Europe/Berlin" }, "At 03:30 (Europe/Berlin)"],
  [
    { kind: "poll", every_s: 300, branches: ["main", "release/*"] },
    "Looks every 5m 00s for new commits on main, release/*",
  ],
  [{ kind: "poll", every_s: 60 }, "Looks every 1m 00s for new commits on the job's branch"],
  [{ kind: "webhook" }, "When it is called"],
  [{ kind: "webhook", branches: ["a", "b", "c", "d", "e"] }, "When it is called, for pushes to a, b, c and 2 more"],
] as const)("%j says: %s", (one, sentence) => {
  expect(sentenceOf(trigger({ ...one, branches: "branches" in one ? [...one.branches] : [] }))).toBe(sentence);
});

it("reads parameters by line, values with an equals sign and all", () => {
  expect(parametersOf("A=1\n\n B = x=y ")).toEqual({ values: { A: "1", B: " x=y" }, wrong: null });
  expect(parametersOf("A=1\nnonsense").wrong).toBe("nonsense");
  expect(linesOf({ A: "1", B: "x=y" })).toBe("A=1\nB=x=y");
});

it("sends of each kind what it has, and nothing else", () => {
  const form = new FormData();
  const fill = {
    cron: " 0 3 * * * ",
    zone: "",
    missed: "skip",
    branches: "main, release/*",
    every_s: "5m",
    parameters: "A=1",
  };
  for (const [name, value] of Object.entries(fill)) form.set(name, value);
  expect(triggerOf("schedule", form)).toEqual({
    ...{ parameters: { A: "1" }, ref: null, cron: "0 3 * * *", zone: "UTC", missed: "skip" },
  });
  expect(triggerOf("poll", form)).toEqual({ parameters: { A: "1" }, branches: ["main", "release/*"], every_s: 300 });
  expect(triggerOf("webhook", form)).toEqual({ parameters: { A: "1" }, ref: null, branches: ["main", "release/*"] });
});

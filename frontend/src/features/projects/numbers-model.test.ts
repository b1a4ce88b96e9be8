import { expect, it } from "vitest";
import { numbers } from "@/testing/builders";
import { deadlineHint, figuresOf, worst } from "./numbers-model";

const figure = (name: string, of = numbers()) => figuresOf(of).find((one) => one.name === name);

it("says what failed of the direct children and of all", () => {
  expect(figure("Children failed")).toEqual({
    name: "Children failed",
    value: "25 %",
    detail: "of 12 direct results; 8.3 % in all levels",
  });
});

it("leaves out what there is nothing to say of", () => {
  expect(figuresOf(numbers()).map((one) => one.name)).toEqual(["Trees", "Children failed", "A tree takes"]);
  const runs = { ...numbers().runs, count: 2, success_percent: 50, run_p50_s: 3, run_p90_s: 4, queued_p50_s: 1 };
  expect(figure("A run takes", numbers({ runs }))?.detail).toBe("p90 4 s; waits 1 s before, p90 –");
  const flakiness = { compared: 40, flaky: 1, flaky_percent: 2.5, examples: [] };
  expect(figure("Flaky", numbers({ flakiness }))?.value).toBe("2.5 %");
});

it("names the dependents that fail, the worst first", () => {
  expect(worst(numbers())).toEqual([
    { name: "billing", text: "31.1 % (56 of 180)" },
    { name: "search", text: "12 % (3 of 25)" },
  ]);
});

it("warns of a deadline below the p90", () => {
  expect(deadlineHint(60, 320)).toContain("cut off");
  expect(deadlineHint(3600, 320)).toBe("Your p90 is 5m 20s.");
  expect(deadlineHint(3600, null)).toContain("No run");
});

import { expect, it } from "vitest";
import { asState, countStates, isBad, isFinal, STATES } from "./states";

it("reads states as the API and as projects spell them", () => {
  expect(asState("timed_out")).toBe("timed_out");
  expect(asState("SUCCESS")).toBe("success");
  expect(asState("FAIL")).toBe("failed");
  expect(asState("something new")).toBe("waiting");
  expect(asState(null)).toBe("waiting");
});

it("counts in a fixed order and leaves the zeros out", () => {
  expect(countStates(["failed", "success", "failed", "waiting"])).toEqual([
    ["waiting", 1],
    ["success", 1],
    ["failed", 2],
  ]);
});

it("calls bad only what is final", () => {
  expect(STATES.filter(isBad)).toEqual(["failed", "timed_out", "undeliverable"]);
  expect(STATES.filter((state) => isBad(state) && !isFinal(state))).toEqual([]);
});

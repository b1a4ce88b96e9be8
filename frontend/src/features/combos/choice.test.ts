import { expect, it } from "vitest";
import { choiceOf } from "./choice";

const three = [{ id: "c" }, { id: "b" }, { id: "a" }];

it("compares the newest with the one before it", () => {
  expect(choiceOf(three, {})).toEqual({ old: "b", new: "c" });
  expect(choiceOf([], {})).toBeNull();
});

it("keeps what was chosen, and forgets what a filter took away", () => {
  expect(choiceOf(three, { old: "a" })).toEqual({ old: "a", new: "c" });
  expect(choiceOf(three, { new: "b" })).toEqual({ old: "a", new: "b" });
  expect(choiceOf(three, { old: "gone", new: "c" })).toEqual({ old: "b", new: "c" });
  expect(choiceOf(three, { old: "c" })).toEqual({ old: "c", new: "b" });
});

import { describe, expect, it } from "vitest";
import { step } from "@/testing/builders";
import { firstError, isErrorLine, nextError } from "./errors";
import { LogModel } from "./log-model";
import { rowsOf } from "./log-rows";

const logOf = (text: string) => {
  const model = new LogModel();
  model.feed({ offset: 0, data: text, next: text.length, eof: true });
  return model;
};

describe("a line of an error", () => {
  it.each([
    "ERROR  module_12.py:88  assertion failed",
    "E   AssertionError: expected 3, got 2",
    "\u001b[31merror\u001b[0m: no such file",
    "fatal: not a git repository",
    "Traceback (most recent call last):",
    "make: *** [all] Error 2",
    "2 failed, 0 errors",
  ])("is %s", (line) => expect(isErrorLine(line)).toBe(true));

  it.each([
    "0 errors, 3 warnings",
    "Found no errors",
    "tests: 12, failed: 0",
    "test_error_path PASSED",
    "terror in the library",
    "",
  ])("is not %s", (line) => expect(isErrorLine(line)).toBe(false));
});

describe("going from error to error", () => {
  const models = new Map([
    [1, logOf("fine\nerror: one\n  at x\n")],
    [3, logOf("fine\nerror: two\nerror: still two\nfine\nerror: three\n")],
  ]);
  const steps = [
    step(1, { state: "success" }),
    step(2, { state: "failed" }),
    step(3, { state: "failed" }),
    step(4, { state: "success" }),
  ];
  const rows = rowsOf(steps, new Set([1, 3]), (n) => models.get(n));

  it("visits each block of them once, and steps that failed unread, round the end", () => {
    const seen = [];
    for (let at = nextError(rows, null, 1), i = 0; i < 5; i += 1, at = nextError(rows, at, 1)) seen.push(at);
    expect(seen).toEqual([
      { n: 1, line: 2 },
      { n: 2, line: null },
      { n: 3, line: 2 },
      { n: 3, line: 5 },
      { n: 1, line: 2 },
    ]);
  });

  it("goes back the same way", () => {
    expect(nextError(rows, { n: 3, line: 5 }, -1)).toEqual({ n: 3, line: 2 });
    expect(nextError(rows, { n: 1, line: 2 }, -1)).toEqual({ n: 3, line: 5 });
  });

  it("knows when there is none", () => {
    const fine = rowsOf([step(4, { state: "success" })], new Set([4]), () => logOf("fine\n"));
    expect(nextError(fine, null, 1)).toBeNull();
    expect(firstError(fine.sections[0] as never)).toBeNull();
  });
});

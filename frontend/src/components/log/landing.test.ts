import { describe, expect, it } from "vitest";
import { build, step } from "@/testing/builders";
import { landingOf, lineFor, openAtFirst, wantedOf } from "./landing";
import { LogModel } from "./log-model";
import { rowsOf, type Section } from "./log-rows";

const done = step(1, { state: "success" });
const failed = step(2, { state: "failed" });
const running = step(3, { state: "running" });

describe("where a log opens", () => {
  it("is the last step that failed, at its first error", () => {
    const steps = [failed, step(4, { state: "failed" }), step(5, { state: "skipped" })];
    expect(landingOf(build({ state: "failed", steps }))).toEqual({ n: 4, what: "error" });
  });

  it("is the end of what runs, also after something that failed", () => {
    expect(landingOf(build({ steps: [done, failed, running] }))).toEqual({ n: 3, what: "end" });
  });

  it("is the top with everything folded when all went well", () => {
    const green = build({ state: "success", steps: [done] });
    expect(landingOf(green)).toBeNull();
    expect(openAtFirst(green.steps, null).size).toBe(0);
  });

  it("is the line of the address before all else", () => {
    const live = build({ steps: [done, running] });
    expect(wantedOf(live, 1, { from: 120, to: 140 })).toEqual({ n: 1, what: 120 });
    expect(wantedOf(live, 3, { from: 5, to: 5 })).toEqual({ n: 3, what: 5 });
    expect(openAtFirst(live.steps, { n: 1, what: 120 })).toEqual(new Set([1, 3]));
  });

  it("is by the state of a step that the address names without a line", () => {
    const all = build({ state: "failed", steps: [done, failed, running] });
    expect([1, 2, 3].map((n) => wantedOf(all, n, null)?.what)).toEqual(["top", "error", "end"]);
    expect(wantedOf(all, 9, null)).toEqual(landingOf(all));
  });
});

describe("the line to bring into view", () => {
  const sectionOf = (text: string, eof: boolean) => {
    const model = new LogModel();
    model.feed({ offset: 0, data: text, next: text.length, eof });
    return rowsOf([running], new Set([3]), () => model).sections[0] as Section;
  };

  it("is waited for while the log grows, and is the last one when it never comes", () => {
    expect(lineFor(3, sectionOf("1\n2\n", false))).toBeUndefined();
    expect(lineFor(3, sectionOf("1\n2\n3\n4\n", false))).toBe(3);
    expect(lineFor(3, sectionOf("1\n2\n", true))).toBe(2);
    expect(lineFor(3, sectionOf("", true))).toBeNull();
  });

  it("is the first error of a log that is complete, else its end", () => {
    expect(lineFor("error", sectionOf("ok\nerror\nerror\n", false))).toBeUndefined();
    expect(lineFor("error", sectionOf("ok\nerror\nerror\n", true))).toBe(2);
    expect(lineFor("error", sectionOf("ok\nkilled\n", true))).toBe(2);
  });
});

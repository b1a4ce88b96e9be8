import { describe, expect, it } from "vitest";
import { step } from "@/testing/builders";
import { LogModel } from "./log-model";
import { FOOT, HEADER, indexAt, indexOf, keyAt, placeAt, ROW, rowsOf, topAt } from "./log-rows";

const logOf = (lines: number, kept?: number) => {
  const model = new LogModel(kept);
  const data = Array.from({ length: lines }, (_, i) => `line ${i + 1}\n`).join("");
  model.feed({ offset: 0, data, next: data.length, eof: true });
  return model;
};
const steps = [1, 2, 3].map((n) => step(n, { state: "success" }));
const models = new Map([
  [1, logOf(3)],
  [2, logOf(100_000)],
]);
const rows = rowsOf(steps, new Set([1, 2]), (n) => models.get(n));

describe("the rows of a log", () => {
  it("are a header for each step, and the lines of those that are open", () => {
    expect(rows.count).toBe(3 + 3 + 100_000);
    expect(placeAt(rows, 0)).toMatchObject({ section: { step: { n: 1 } }, line: null });
    expect(placeAt(rows, 3)).toMatchObject({ section: { step: { n: 1 } }, line: 3 });
    expect(placeAt(rows, 4)).toMatchObject({ section: { step: { n: 2 } }, line: null });
    expect(placeAt(rows, 100_004)).toMatchObject({ section: { step: { n: 2 } }, line: 100_000 });
    expect(placeAt(rows, 100_005)).toMatchObject({ section: { step: { n: 3 } }, line: null });
    expect(placeAt(rows, 100_006)).toBeUndefined();
  });

  it("fold to their headers, whatever was read", () => {
    expect(rowsOf(steps, new Set(), (n) => models.get(n)).count).toBe(3);
  });

  it("leave out steps that have not begun, or never will", () => {
    const some = [step(1, { state: "success" }), step(2, { state: "skipped" }), step(3, { state: "waiting" })];
    expect(rowsOf(some, new Set(), () => undefined).sections.map((section) => section.step.n)).toEqual([1]);
  });

  it("stand where arithmetic puts them, and are found there again", () => {
    expect(topAt(rows, 4)).toBe(HEADER + 3 * ROW + FOOT);
    expect(rows.height).toBe(3 * HEADER + 100_003 * ROW + 2 * FOOT);
    for (const index of [0, 1, 3, 4, 5, 77_777, 100_004, 100_005])
      expect(indexAt(rows, topAt(rows, index))).toBe(index);
    expect(indexAt(rows, -5)).toBe(0);
    expect(indexAt(rows, rows.height + 1000)).toBe(100_005);
  });

  it("are found by step and line", () => {
    expect(indexOf(rows, 2, 77_773)).toBe(77_777);
    expect(indexOf(rows, 3, null)).toBe(100_005);
    expect(indexOf(rows, 2, 100_001)).toBeUndefined();
    expect(indexOf(rows, 3, 1)).toBeUndefined();
  });

  it("keep their keys when a step before them is folded", () => {
    const folded = rowsOf(steps, new Set([2]), (n) => models.get(n));
    expect(keyAt(folded, 2)).toBe(keyAt(rows, 5));
    expect(new Set(Array.from({ length: 8 }, (_, i) => keyAt(rows, i))).size).toBe(8);
  });

  it("go on counting lines that were let go", () => {
    const cut = rowsOf([step(1, { state: "running" })], new Set([1]), () => logOf(30, 10));
    const { first, lines } = cut.sections[0] ?? { first: 0, lines: 0 };
    expect(first + lines - 1).toBe(30);
    expect(indexOf(cut, 1, 30)).toBe(lines);
    expect(indexOf(cut, 1, 1)).toBeUndefined();
  });
});

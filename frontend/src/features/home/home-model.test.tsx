import { act, renderHook } from "@testing-library/react";
import { expect, it } from "vitest";
import type { TreeSummary } from "@/lib/api/types";
import { endText } from "./end-text";
import { slowestOf } from "./slowest";
import { useHeldBack } from "./use-held-back";

const now = new Date(2026, 10, 21, 10, 0).getTime();
const iso = (hour: number, minute: number, day = 21) => new Date(2026, 10, day, hour, minute).toISOString();

it.each([
  [iso(10, 41), iso(10, 55), "history", "10:41–10:55"],
  [iso(10, 41), iso(10, 41), "history", "10:41"],
  [iso(10, 41), null, "about", "about 10:41"],
  [iso(0, 10, 22), null, "history", "2026-11-22 00:10"],
  [null, null, "none", "no history"],
] as const)("tells the end %s, %s, %s as %s", (expected_end, pessimistic_end, certainty, text) => {
  expect(endText({ expected_end, pessimistic_end, certainty }, now)).toBe(text);
});

const items = (...ids: string[]) => ids.map((id) => ({ id }));

it("holds back what is new until it is asked for, and never moves what is shown", () => {
  const { result, rerender } = renderHook(({ list }) => useHeldBack(list, 3), {
    initialProps: { list: items("3", "2") },
  });
  expect(result.current.shown).toEqual(items("3", "2"));
  rerender({ list: items("5", "4", "3", "2") });
  expect([result.current.shown, result.current.waiting]).toEqual([items("3", "2"), 2]);
  act(() => result.current.show());
  expect([result.current.shown, result.current.waiting]).toEqual([items("5", "4", "3"), 0]);
});

it("shows the first that come to an empty list at once", () => {
  const { result, rerender } = renderHook(({ list }) => useHeldBack(list, 3), { initialProps: { list: items() } });
  rerender({ list: items("1") });
  expect([result.current.shown, result.current.waiting]).toEqual([items("1"), 0]);
});

it("names the slowest of the trees once, those that run until now, and none that is held", () => {
  const tree = (id: string, from: number, to: number | null, held = false) =>
    ({ id, held, opened_at: iso(from, 0), finished_at: to === null ? null : iso(to, 0) }) as TreeSummary;
  const trees = [tree("ran", 1, 4), tree("runs", 5, null), tree("ran", 1, 4), tree("held", 1, null, true)];
  expect(slowestOf(trees, now).map(({ tree: { id }, ms }) => [id, ms / 3_600_000])).toEqual([
    ["runs", 5],
    ["ran", 3],
  ]);
});

import { expect, it } from "vitest";
import type { Forecast } from "@/lib/api/types";
import { etaText, percentText } from "./forecast-text";

const at = (hours: number, minutes: number) => new Date(2026, 10, 21, hours, minutes).getTime();
const forecast = (more: Partial<Forecast> = {}): Forecast => ({
  tree_id: "t1",
  state: "running",
  expected_end: new Date(at(10, 41)).toISOString(),
  pessimistic_end: new Date(at(10, 55)).toISOString(),
  certainty: "history",
  without_history: 0,
  critical_path: ["1"],
  critical_s: 60,
  events: [],
  ...more,
});
const NOW = at(10, 5);

it("says when a tree will end, as surely as it is known", () => {
  expect(etaText(forecast(), NOW)).toBe("ETA 10:41 (p90 10:55)");
  expect(etaText(forecast({ certainty: "about" }), NOW)).toBe("ETA about 10:41 (p90 10:55)");
  expect(etaText(forecast({ pessimistic_end: new Date(at(10, 41)).toISOString() }), NOW)).toBe("ETA 10:41");
  expect(etaText(forecast(), new Date(2026, 10, 20).getTime())).toContain("2026-11-21 10:41");
});

it("says nothing without history, of a tree that has ended, and before it is known", () => {
  expect(etaText(forecast({ certainty: "none" }), NOW)).toBeNull();
  expect(etaText(forecast({ state: "failed" }), NOW)).toBeNull();
  expect(etaText(undefined, NOW)).toBeNull();
});

it("writes percentages short", () => {
  expect([percentText(33.3333), percentText(2.5), percentText(100), percentText(null)]).toEqual([
    "33 %",
    "2.5 %",
    "100 %",
    "none settled",
  ]);
});

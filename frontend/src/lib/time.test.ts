import { expect, it } from "vitest";
import { elapsed, formatDuration, formatRelative, formatTime, formatUtc, parseDuration } from "./time";

it.each([
  [0, "0 ms"],
  [850, "850 ms"],
  [1000, "1 s"],
  [42_900, "42 s"],
  [189_000, "3m 09s"],
  [3_840_000, "1h 04m"],
  [183_600_000, "2d 03h"],
  [-5, "0 ms"],
])("writes %i ms as %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

it.each([
  ["90m", 5_400_000],
  ["1h 30m", 5_400_000],
  ["45 s", 45_000],
  ["2d 03h", 183_600_000],
  ["5", null],
  ["", null],
  ["1h soon", null],
  ["3 weeks", null],
])("reads %s as %s ms", (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

const now = Date.parse("2026-11-21T10:00:00Z");

it.each([
  [now - 2_000, "just now"],
  [now - 23_000, "23 s ago"],
  [now - 4 * 60_000, "4 min ago"],
  [now - 5 * 3_600_000, "5 h ago"],
])("tells %i as %s", (at, text) => {
  expect(formatRelative(at, now)).toBe(text);
});

it("writes the date from a day on, and for what is to come", () => {
  expect(formatRelative(now - 25 * 3_600_000, now)).toMatch(/^2026-11-20 \d\d:\d\d$/);
  expect(formatRelative(now + 3_600_000, now)).toMatch(/^2026-11-21 \d\d:\d\d$/);
});

it("writes UTC to the second when asked to", () => {
  expect(formatUtc(now)).toBe("2026-11-21 10:00:00Z");
  expect(formatTime(now, "utc", now)).toBe("2026-11-21 10:00:00Z");
});

it("measures up to now while something runs, and nothing before it has begun", () => {
  expect(elapsed("2026-11-21T09:59:00Z", null, now)).toBe(60_000);
  expect(elapsed("2026-11-21T09:59:00Z", "2026-11-21T09:59:30Z", now)).toBe(30_000);
  expect(elapsed(null, null, now)).toBeNull();
});

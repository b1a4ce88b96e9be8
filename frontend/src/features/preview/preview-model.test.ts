import { expect, it } from "vitest";
import type { PreviewEvent } from "@/lib/api/types";
import { preview } from "@/testing/builders";
import { criticalNames, inOrder, linesOf, outlookText, usualText } from "./preview-model";

const event = (sub_id: string, more: Partial<PreviewEvent> = {}): PreviewEvent => ({
  sub_id,
  project: `p${sub_id}`,
  would_run: true,
  join: "all",
  reason: { code: "parents_passed", params: { parents: [{ sub_id: "1", project: "core" }] }, text: "" },
  rank: sub_id.split(".").length - 1,
  p50_s: null,
  p90_s: null,
  samples: 0,
  starts_after_s: 0,
  ...more,
});

it("draws the edges that pass from the reasons, and those that a filter drops", () => {
  const filtered = { code: "filtered", params: { rules: [] }, text: "branch main is not in release/*" };
  const events = [event("1.1"), event("1.2", { would_run: false, reason: filtered })];
  const dropped = [
    {
      upstream: { sub_id: "1", project: "core" },
      downstream: { sub_id: "1.2", project: "nightly" },
      text: "branch main is not in release/*",
    },
    { upstream: { sub_id: "9", project: "cut" }, downstream: { sub_id: "1.2", project: "nightly" }, text: "" },
  ];
  expect(linesOf({ events, dropped })).toEqual([
    { from: "1", to: "1.1", style: "passed", each: false },
    { from: "1", to: "1.2", style: "filtered", each: false, hint: "branch main is not in release/*" },
  ]);
});

it("puts parents before children", () => {
  const rows = inOrder([event("1.1.1"), event("1.10"), event("1.2", { rank: 1 })]);
  expect(rows.map((row) => row.sub_id)).toEqual(["1.2", "1.10", "1.1.1"]);
});

it("says how long it takes only as surely as it is known", () => {
  expect(outlookText(preview())).toContain("not known");
  const known = { expected_s: 252, pessimistic_s: 330.5, certainty: "history" as const };
  expect(outlookText(preview(known))).toBe("4m 12s from the report to the end, 5m 30s on a slow day.");
  expect(outlookText(preview({ ...known, pessimistic_s: 252, certainty: "about", without_history: 1 }))).toBe(
    "About 4m 12s from the report to the end. 1 of them has not run yet and counts as nothing.",
  );
  expect(usualText({ p50_s: 3, p90_s: 5 })).toBe("3 s (p90 5 s)");
  expect(usualText({ p50_s: null, p90_s: null })).toBe("no history");
});

it("names the critical path", () => {
  expect(criticalNames({ events: [event("1.1")], critical_path: ["1", "1.1"] }, "core")).toEqual(["core", "p1.1"]);
});

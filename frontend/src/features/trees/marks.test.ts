import { expect, it } from "vitest";
import { graph, node } from "@/testing/builders";
import { BARE, criticalEdges, marksOf } from "./marks";
import { rowsOf, type TreeRow } from "./tree-model";

const row = (more: Parameters<typeof node>[1]) => rowsOf(graph({ nodes: [node("1.1", more)] }))[0] as TreeRow;
const words = (...args: Parameters<typeof marksOf>) => marksOf(...args).map((mark) => mark.text);

it("says what lies over a state", () => {
  expect(words(row({ state: "success", attempt: 1, reason: "reported SUCCESS" }), BARE)).toEqual([]);
  expect(words(row({ state: "success", attempt: 3 }), BARE)).toEqual(["↻3"]);
  expect(words(row({ state: "success", reason: "reported SUCCESS, late" }), BARE)).toEqual(["late"]);
  expect(words(row({ state: "cancelled", reason: "superseded by the newer tree x" }), BARE)).toEqual(["superseded"]);
  const asked = new Map([["1.1", "cancel asked" as const]]);
  const overlay = { asked, overdue: new Set(["1.1"]), critical: ["1", "1.1"], held: true, now: 0 };
  expect(words(row({ state: "waiting" }), overlay)).toEqual(["cancel asked", "held", "overdue", "critical"]);
  expect(words(row({ state: "success" }), overlay), "only what waits is held").not.toContain("held");
});

it("says that a trigger is sent again, and that nothing is heard of a run", () => {
  expect(words(row({ state: "queued", sends: 2 }), BARE)).toEqual(["retrying 2/10"]);
  expect(words(row({ state: "success", sends: 2 }), BARE)).toEqual([]);
  const sent = {
    state: "triggered",
    triggered_at: "2026-11-21T10:00:00Z",
    deadline_at: "2026-11-21T10:10:00Z",
  } as const;
  const at = (minutes: number) => ({ ...BARE, now: Date.parse("2026-11-21T10:00:00Z") + minutes * 60_000 });
  expect(words(row(sent), at(0.5))).toEqual([]);
  expect(marksOf(row(sent), at(3))).toEqual([
    { text: "no sign of life", title: "nothing heard of its run for 3m 00s; given up in 7m 00s" },
  ]);
});

it("knows the edges of the critical path", () => {
  expect([...criticalEdges(["1", "1.2", "1.2.1"])]).toEqual(["1 1.2", "1.2 1.2.1"]);
  expect([...criticalEdges([])]).toEqual([]);
});

import { expect, it } from "vitest";
import { graph, node } from "@/testing/builders";
import { changesSince, standingOf } from "./announcing";
import { rowsOf } from "./tree-model";
import { newest } from "./use-follow";

const rows = (...states: [string, string][]) =>
  rowsOf(
    graph({ nodes: states.map(([name, state], i) => node(`1.${i + 1}`, { project: name, state: state as "failed" })) }),
  );

it("tells what changed in one sentence, and names what failed", () => {
  const before = standingOf(rows(["a", "running"], ["b", "running"], ["c", "waiting"], ["d", "success"]));
  expect(changesSince(before, rows(["a", "success"], ["b", "failed"], ["c", "running"], ["d", "success"]))).toBe(
    "1 running, 1 success, 1 failed: b",
  );
  expect(changesSince(before, rows(["a", "running"], ["b", "running"], ["c", "queued"], ["d", "success"]))).toBe("");
});

it("follows what began last", () => {
  const times = ["2026-11-21T10:00:00Z", "2026-11-21T10:02:00Z", "2026-11-21T10:01:00Z"];
  const running = graph({
    nodes: times.map((started_at, i) => node(`1.${i + 1}`, { state: i === 1 ? "success" : "running", started_at })),
  });
  expect(newest(rowsOf(running))).toBe("1.3");
  expect(newest(rowsOf(graph()))).toBeNull();
});

import { expect, it } from "vitest";
import { graph, node } from "@/testing/builders";
import { rowsOf } from "../tree-model";
import { familyOf, foldStates, summaryOf } from "./group-model";

it("tells a failure first, then what still goes on", () => {
  expect(foldStates(["success", "running", "failed"])).toBe("failed");
  expect(foldStates(["success", "waiting"])).toBe("waiting");
  expect(foldStates(["success", "skipped"])).toBe("success");
});

it("knows what names have in common", () => {
  expect(["svc-012", "p001", "web.a", "lib-core-net", "core"].map(familyOf)).toEqual(["svc", "p", "web", "lib", null]);
});

it("says of a group how it stands and who failed", () => {
  const rows = rowsOf(
    graph({
      nodes: [
        node("1", { project: "core" }),
        ...["a", "b", "c", "d"].map((name, i) => node(`1.${i + 1}`, { project: name, state: "timed_out" })),
        node("1.5", { project: "e", state: "failed" }),
        node("1.6", { project: "f", state: "success" }),
      ],
    }),
  );
  const bySub = new Map(rows.map((row) => [row.node.sub_id, row]));
  const members = rows.slice(1).map((row) => row.node.sub_id);
  const summary = summaryOf({ id: "1.1+", members, kind: "leaves", after: "1", family: null }, (sub) => bySub.get(sub));
  expect(summary).toMatchObject({ title: "last after core", state: "failed", bad: ["e", "a", "b"] });
  expect(summary.counts).toEqual([
    ["failed", 1],
    ["timed_out", 4],
    ["success", 1],
  ]);
  expect(summary.label).toBe("Group of 6 events, last after core; 1 failed, 4 timed out, 1 success; failed: e, a, b");
});

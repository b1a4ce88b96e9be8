import { expect, it } from "vitest";
import { edge, graph, node } from "@/testing/builders";
import { applyTreeMessage } from "./tree-message";

const before = graph({
  nodes: [node("1", { state: "success", ref: "main" }), node("1.1", { attempt: 1, ref: "main" })],
  edges: [edge("1", "1.1")],
});

it("changes the events and edges that the message names, and keeps all others as they are", () => {
  const after = applyTreeMessage(before, {
    version: 2,
    tree: { state: "success", finished_at: "2026-11-21T10:01:00Z" },
    events: [node("1.1", { state: "success", attempt: 1 })],
    edges: [{ from: "1", to: "1.1", outcome: "passed", reason: null }],
  });
  expect(after?.state).toBe("success");
  expect(after?.finished_at).toBe("2026-11-21T10:01:00Z");
  expect(after?.nodes[0]).toBe(before.nodes[0]);
  expect(after?.nodes[1]).toMatchObject({ state: "success", ref: "main" });
  expect(after?.edges).toEqual([{ ...edge("1", "1.1"), outcome: "passed", reason: null }]);
});

it("forgets the ref with a new attempt, which may build another one", () => {
  const after = applyTreeMessage(before, { version: 2, events: [node("1.1", { attempt: 2 })] });
  expect(after?.nodes[1]?.ref).toBeNull();
});

it("says so when the message leaves the events out because they are too many", () => {
  expect(applyTreeMessage(before, { version: 2, tree: { state: "running" } })).toBeNull();
});

it("takes back what a parent settled that runs again, where its child waits again", () => {
  const settled = graph({
    nodes: [
      node("1", { state: "success" }),
      node("1.1", { state: "failed", attempt: 1 }),
      node("1.1.1", { state: "skipped" }),
      node("1.1.2", { state: "success" }),
    ],
    edges: [edge("1", "1.1", "passed"), edge("1.1", "1.1.1", "blocked"), edge("1.1", "1.1.2", "passed")],
  });
  const after = applyTreeMessage(settled, {
    version: 2,
    events: [node("1.1", { state: "queued", attempt: 2 }), node("1.1.1", { state: "waiting" })],
  });
  expect(after?.edges.map((one) => one.outcome)).toEqual(["passed", null, "passed"]);
  expect(applyTreeMessage(settled, { version: 2, events: [] })?.edges).toBe(settled.edges);
});

it("keeps earlier attempts, and adds the one that a rerun has replaced", () => {
  const first = {
    attempt: 1,
    state: "failed",
    queued_at: "2026-11-21T10:00:00Z",
    finished_at: "2026-11-21T10:01:00Z",
  } as const;
  const then = applyTreeMessage(graph({ nodes: [node("1.1", { ...first, owner: "team-a" })] }), {
    version: 2,
    events: [{ ...node("1.1", { state: "queued", attempt: 2 }), owner: undefined as unknown as null }],
  });
  expect(then?.nodes[0]?.tries?.map(({ attempt, state }) => [attempt, state])).toEqual([[1, "failed"]]);
  expect(then?.nodes[0]?.owner).toBe("team-a");
  const later = then && applyTreeMessage(then, { version: 3, events: [node("1.1", { state: "running", attempt: 2 })] });
  expect(later?.nodes[0]?.tries).toHaveLength(1);
});

import { expect, it } from "vitest";
import { neighbourhood } from "@/components/graph/reach";
import { edge, graph, node } from "@/testing/builders";
import { rowsOf, type TreeRow } from "../tree-model";
import { cancelCounts, eventChoices, treeChoices, wishes } from "./act";

const BEGUN = "2026-11-21T10:00:00.000Z";
const tree = graph({
  nodes: [
    node("1", { state: "success" }),
    node("1.1", { state: "failed", started_at: BEGUN }),
    node("1.1.1", { state: "skipped" }),
    node("1.2", { state: "running", target: "webhook", started_at: BEGUN }),
    node("1.3", { state: "running", target: "agent", started_at: BEGUN }),
    node("1.2.1", { state: "waiting" }),
    node("1.4", { state: "undeliverable", started_at: BEGUN }),
  ],
  edges: [
    edge("1", "1.1"),
    edge("1.1", "1.1.1"),
    edge("1", "1.2"),
    edge("1", "1.3"),
    edge("1.2", "1.2.1"),
    edge("1", "1.4"),
  ],
});
const rows = rowsOf(tree);
const reach = neighbourhood(tree.edges);
const row = (sub: string) => rows.find((one) => one.node.sub_id === sub) as TreeRow;
const ids = (some: readonly TreeRow[]) => some.map((one) => one.node.sub_id);
/** One that runs in that kind of CI system. */
const of = (target: "jenkins" | "gitlab"): TreeRow => {
  const [one] = rowsOf(graph({ nodes: [node("1.9", { state: "running", target, started_at: BEGUN })], edges: [] }));
  return one as TreeRow;
};
const ended = rows.map((one) =>
  one.state === "running" || one.state === "waiting" ? { ...one, state: "success" as const } : one,
);

it("offers for the tree only what the server would do", () => {
  expect(ids(treeChoices(rows).open)).toEqual(["1.2", "1.2.1", "1.3"]);
  expect(ids(treeChoices(rows).failed)).toEqual(["1.1", "1.4"]);
  expect(treeChoices(rows).all, "everything waits for the end of the tree").toEqual([]);
  expect(treeChoices(ended).all).toHaveLength(6);
  expect(treeChoices(rows.slice(0, 1)), "a tree of its root alone").toEqual({ open: [], failed: [], all: [] });
});

it("offers for an event only what the server would do", () => {
  const choices = (sub: string) => eventChoices(row(sub), rows, reach);
  expect(choices("1"), "the root is run by its own project").toMatchObject({
    rerun: false,
    redeliver: false,
    cancel: [],
  });
  expect(ids(choices("1").branch)).toEqual(["1.2", "1.2.1", "1.3"]);
  expect(choices("1.1")).toMatchObject({ rerun: true, redeliver: false, after: 1, cancel: [], branch: [] });
  expect(choices("1.1.1"), "it never ran: its root cause is rerun").toMatchObject({ rerun: false });
  expect(choices("1.4")).toMatchObject({ rerun: true, redeliver: true });
  expect(ids(choices("1.2").cancel)).toEqual(["1.2"]);
  expect(ids(choices("1.2").branch)).toEqual(["1.2", "1.2.1"]);
  expect(ids(choices("1.3").branch), "nothing behind it").toEqual([]);
});

it("counts what would be cancelled, and where it runs", () => {
  expect(cancelCounts(treeChoices(rows).open)).toBe("2 running (webhook 1, agent 1) and 1 waiting");
  expect(cancelCounts([of("jenkins"), of("jenkins"), of("gitlab")])).toBe("3 running (Jenkins 2, GitLab 1)");
  expect(cancelCounts([row("1.2")])).toBe("1 running");
  expect(cancelCounts([])).toBe("nothing");
});

it("marks the events that a wish is about", () => {
  const about = (...args: Parameters<typeof wishes>) => [...wishes(...args)];
  expect(about({ do: "cancel-event", sub: "1.2", scope: "branch" }, rows, reach)).toEqual([
    ["1.2", "cancel asked"],
    ["1.2.1", "cancel asked"],
  ]);
  expect(about({ do: "rerun-event", sub: "1.1", downstream: true }, rows, reach)).toEqual([
    ["1.1", "rerun asked"],
    ["1.1.1", "rerun asked"],
  ]);
  expect(about({ do: "rerun-tree", scope: "failed" }, rows, reach).map(([sub]) => sub)).toEqual(["1.1", "1.4"]);
  expect(about({ do: "redeliver", sub: "1.4" }, rows, reach)).toEqual([["1.4", "redelivery asked"]]);
});

import { expect, it } from "vitest";
import { edge, graph, node } from "@/testing/builders";
import { alsoAfter, headline, labelOf, matches, nextOf, rowsOf, whatMatters } from "./tree-model";

const tree = graph({
  nodes: [
    node("1.10", { project: "last" }),
    node("1", { project: "core", state: "success" }),
    node("1.1", { project: "net", state: "success" }),
    node("1.2", { project: "ui", state: "failed", reason: "exit 1" }),
    node("1.1.1", { project: "app", state: "skipped", reason: "upstream ui (1.2) failed" }),
  ],
  edges: [edge("1", "1.1"), edge("1", "1.2"), edge("1.1", "1.1.1"), edge("1.2", "1.1.1"), edge("1", "1.10")],
});
const rows = rowsOf(tree);
const row = (id: string) => rows.find((one) => one.node.sub_id === id) as (typeof rows)[number];

it("orders rows by sub id, as numbers", () => {
  expect(rows.map((one) => one.node.sub_id)).toEqual(["1", "1.1", "1.1.1", "1.2", "1.10"]);
});

it("says after whom else a joined child comes", () => {
  expect(alsoAfter(row("1.1.1"))).toEqual(["1.2"]);
  expect(alsoAfter(row("1.1"))).toEqual([]);
});

it("finds events by name, sub id, reason and state", () => {
  const found = (q: string, state = "") =>
    rows.filter((one) => matches(one, { q, state, ci: "", owner: "" })).map((one) => one.name);
  expect(found("UI")).toEqual(["app", "ui"]);
  expect(found("1.10")).toEqual(["last"]);
  expect(found("", "skipped")).toEqual(["app"]);
  expect(found("").length).toBe(5);
});

it("lands on the first failure", () => {
  expect(whatMatters(rows)).toBe("1.2");
  expect(whatMatters(rowsOf(graph()))).toBe("1");
});

it("walks failures round and round, forwards and back", () => {
  expect(nextOf(["1.2", "1.5"], null, 1)).toBe("1.2");
  expect(nextOf(["1.2", "1.5"], "1.2", 1)).toBe("1.5");
  expect(nextOf(["1.2", "1.5"], "1.5", 1)).toBe("1.2");
  expect(nextOf(["1.2", "1.5"], "1.2", -1)).toBe("1.5");
  expect(nextOf(["1.2", "1.5"], "1.3", 1)).toBe("1.5");
  expect(nextOf([], null, 1)).toBeUndefined();
});

it("heads the tab with what went wrong", () => {
  expect(headline(rows)).toBe("1 failed of 5");
  expect(headline(rowsOf(graph()))).toBe("0 of 1");
});

it("names a card with its state and its neighbours", () => {
  expect(labelOf(row("1.1.1"), 0)).toBe("app, event 1.1.1, skipped, 2 parents, upstream ui (1.2) failed");
  expect(labelOf(row("1"), 4)).toBe("core, event 1, success, 4 after it");
});

import { expect, it } from "vitest";
import { layoutGraph } from "./layout";
import { before, behind, bothPaths, neighbourhood, step } from "./reach";

const edges = [
  ["1", "1.1"],
  ["1", "1.2"],
  ["1.1", "1.1.1"],
  ["1.2", "1.1.1"],
] as const;
const graph = neighbourhood(edges.map(([from, to]) => ({ from, to })));
const layout = layoutGraph({ nodes: ["1", "1.1", "1.2", "1.1.1"], edges });

it("finds everything before and behind a card, each once", () => {
  expect([...behind("1", graph)].sort()).toEqual(["1.1", "1.1.1", "1.2"]);
  expect([...before("1.1.1", graph)].sort()).toEqual(["1", "1.1", "1.2"]);
  expect(bothPaths("1.1", graph).has("1.2")).toBe(false);
});

it("walks with the arrow keys: child, parent, and up and down within a rank", () => {
  expect(step("ArrowRight", "1", graph, layout)).toBe("1.1");
  expect(step("ArrowLeft", "1.1.1", graph, layout)).toBe("1.1");
  expect(step("ArrowDown", "1.1", graph, layout)).toBe("1.2");
  expect(step("ArrowUp", "1.2", graph, layout)).toBe("1.1");
  expect(step("ArrowRight", "1.1.1", graph, layout)).toBeUndefined();
});

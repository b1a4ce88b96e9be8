import { describe, expect, it } from "vitest";
import { CARD, edgeKey, GAP, type Layout, layoutGraph, type Topology, topologyKey, WRAP } from "./layout";

/** A stream of numbers in [0, 1) that is the same in every run. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

function randomDag(seed: number, size: number): { nodes: string[]; edges: [string, string][] } {
  const roll = dice(seed);
  const nodes = Array.from({ length: size }, (_, i) => `1.${i + 1}`);
  const edges: [string, string][] = [];
  for (let i = 1; i < size; i += 1)
    for (let parents = 0; parents <= Math.floor(roll() * 3); parents += 1) {
      const from = nodes[Math.floor(roll() * i)] as string;
      edges.push([from, nodes[i] as string]);
    }
  return { nodes, edges };
}

function shuffled<T>(list: readonly T[], seed: number): T[] {
  const roll = dice(seed);
  return list
    .map((item) => ({ item, at: roll() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

const diamond: Topology = {
  nodes: ["1", "1.1", "1.2", "1.1.1"],
  edges: [
    ["1", "1.1"],
    ["1", "1.2"],
    ["1.1", "1.1.1"],
    ["1.2", "1.1.1"],
  ],
};

function overlaps(layout: Layout): string[] {
  const cards = Object.entries(layout.cards);
  const found: string[] = [];
  for (const [i, [a, at]] of cards.entries())
    for (const [b, other] of cards.slice(i + 1))
      if (Math.abs(at.x - other.x) < CARD.width && Math.abs(at.y - other.y) < CARD.height + GAP.y)
        found.push(`${a} ${b}`);
  return found;
}

const samples = Array.from({ length: 25 }, (_, i) => randomDag(i + 1, 5 + i * 4));

describe("the layout", () => {
  it("puts each rank one column further, with the gap between", () => {
    const { cards } = layoutGraph(diamond);
    expect([cards["1"]?.x, cards["1.1"]?.x, cards["1.1.1"]?.x]).toEqual([0, 284, 568]);
  });

  it("centres a joined child between its parents", () => {
    const { cards } = layoutGraph(diamond);
    const middle = ((cards["1.1"]?.y ?? 0) + (cards["1.2"]?.y ?? 0)) / 2;
    expect(cards["1.1.1"]?.y).toBe(middle);
  });

  it("keeps the reading order of the sub ids among siblings, 1.2 before 1.10", () => {
    const nodes = ["1", ...Array.from({ length: 12 }, (_, i) => `1.${i + 1}`)];
    const { cards } = layoutGraph({ nodes, edges: nodes.slice(1).map((id) => ["1", id] as const) });
    const order = nodes.slice(1).sort((a, b) => (cards[a]?.y ?? 0) - (cards[b]?.y ?? 0));
    expect(order).toEqual(nodes.slice(1));
  });

  it.each(samples)("never lets cards overlap ($nodes.length cards)", (dag) => {
    expect(overlaps(layoutGraph(dag))).toEqual([]);
  });

  it.each(samples)("draws every edge from left to right ($nodes.length cards)", (dag) => {
    const { cards } = layoutGraph(dag);
    const backwards = dag.edges.filter(([a, b]) => (cards[b]?.x ?? 0) < (cards[a]?.x ?? 0) + CARD.width + GAP.x);
    expect(backwards).toEqual([]);
  });

  it.each(samples)("is the same whatever the order of its input ($nodes.length cards)", (dag) => {
    const other = { nodes: shuffled(dag.nodes, 7), edges: shuffled(dag.edges, 9) };
    expect(layoutGraph(other)).toEqual(layoutGraph(dag));
    expect(topologyKey(other)).toBe(topologyKey(dag));
  });

  it("begins at zero and knows its own size", () => {
    const layout = layoutGraph(diamond);
    expect(Math.min(...Object.values(layout.cards).map((at) => at.y))).toBe(0);
    expect(layout.width).toBe(3 * CARD.width + 2 * GAP.x);
    expect(layout.height).toBe(2 * CARD.height + GAP.y);
  });

  it("leads an edge that skips a rank around the cards between", () => {
    const layout = layoutGraph({
      nodes: ["1", "1.1", "1.2"],
      edges: [
        ["1", "1.1"],
        ["1.1", "1.2"],
        ["1", "1.2"],
      ],
    });
    const bends = layout.bends[edgeKey("1", "1.2")] ?? [];
    const card = layout.cards["1.1"] ?? { x: 0, y: 0 };
    expect(bends).toHaveLength(2);
    expect(bends.every((at) => at.y < card.y || at.y > card.y + CARD.height)).toBe(true);
  });

  it("wraps a rank that is too tall into columns side by side", () => {
    const children = Array.from({ length: WRAP * 2 + 1 }, (_, i) => `1.${i + 1}`);
    const layout = layoutGraph({ nodes: ["1", ...children], edges: children.map((id) => ["1", id] as const) });
    expect(new Set(children.map((id) => layout.cards[id]?.x)).size).toBe(3);
    expect(overlaps(layout)).toEqual([]);
  });

  it("does not hang on a cycle", () => {
    const layout = layoutGraph({
      nodes: ["a", "b"],
      edges: [
        ["a", "b"],
        ["b", "a"],
      ],
    });
    expect(Object.keys(layout.cards)).toEqual(["a", "b"]);
  });

  it("is empty for nothing", () => {
    expect(layoutGraph({ nodes: [], edges: [] })).toEqual({ width: 0, height: 0, cards: {}, bends: {} });
  });
});

import { describe, expect, it } from "vitest";
import { dominated } from "./dominators";
import { EVERYTHING, type Grouping, groupGraph, MOST_CARDS } from "./groups";
import type { Topology } from "./layout";

/** A stream of numbers in [0, 1) that is the same in every run. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** Cards `1` to `1.<size-1>`, each after one to three of those before it, among the last `near`. */
function randomDag(seed: number, size: number, near: number): Topology {
  const roll = dice(seed);
  const nodes = ["1", ...Array.from({ length: size - 1 }, (_, i) => `1.${i + 1}`)];
  const edges = new Map<string, readonly [string, string]>();
  for (let i = 1; i < size; i += 1)
    for (let parents = 0; parents <= Math.floor(roll() * 3); parents += 1) {
      const from = nodes[Math.max(0, i - 1 - Math.floor(roll() * near))] as string;
      edges.set(`${from} ${nodes[i]}`, [from, nodes[i] as string]);
    }
  return { nodes, edges: [...edges.values()] };
}

const shownAs = (card: string, { groupOf }: Grouping) => groupOf.get(card)?.id ?? card;

function shown(graph: Topology, grouping: Grouping): Topology {
  const edges = graph.edges.map(([from, to]) => [shownAs(from, grouping), shownAs(to, grouping)] as const);
  return {
    nodes: [...new Set(graph.nodes.map((card) => shownAs(card, grouping)))],
    edges: edges.filter(([from, to]) => from !== to),
  };
}

function isAcyclic({ nodes, edges }: Topology): boolean {
  const left = new Map(nodes.map((id) => [id, 0]));
  for (const [, to] of edges) left.set(to, (left.get(to) ?? 0) + 1);
  const ready = nodes.filter((id) => left.get(id) === 0);
  for (let at = 0; at < ready.length; at += 1)
    for (const [from, to] of edges) {
      if (from !== ready[at]) continue;
      left.set(to, (left.get(to) ?? 0) - 1);
      if (left.get(to) === 0) ready.push(to);
    }
  return ready.length === nodes.length;
}

const unlike = { familyOf: () => null };
const alike = { familyOf: (card: string) => (Number(card.split(".")[1] ?? 0) % 5 ? "svc" : "lib") };
const NONE: ReadonlySet<string> = new Set();

const samples = [1, 2, 3, 4, 5, 6].flatMap((seed) =>
  [8, 60, 500].map((near) => ({ seed, near, graph: randomDag(seed * 7, 120 + seed * 80, near) })),
);

describe("groups", () => {
  it.each(samples)("of random graph $seed within $near are few, and never a cycle", ({ graph }) => {
    for (const naming of [unlike, alike]) {
      const grouping = groupGraph(graph, naming, NONE);
      const picture = shown(graph, grouping);
      expect(isAcyclic(picture)).toBe(true);
      expect(picture.nodes.length).toBeLessThanOrEqual(MOST_CARDS);
      expect(grouping.groups.flatMap((group) => group.members).length).toBe(grouping.groupOf.size);
      expect(grouping.groupOf.has("1")).toBe(false);
    }
  });

  it.each(samples)(
    "of random graph $seed within $near open one by one, down to each card, and never a cycle",
    ({ graph, seed }) => {
      const roll = dice(seed);
      const open = new Set<string>();
      for (let turn = 0; turn < 12; turn += 1) {
        const { groups } = groupGraph(graph, alike, open);
        const next = groups[Math.floor(roll() * groups.length)];
        if (next) open.add(next.id);
        expect(isAcyclic(shown(graph, groupGraph(graph, alike, open)))).toBe(true);
      }
      const card = graph.nodes.at(-1) as string;
      for (let turn = 0; turn < 20; turn += 1) {
        const group = groupGraph(graph, alike, open).groupOf.get(card);
        if (!group) break;
        open.add(group.id);
      }
      expect(groupGraph(graph, alike, open).groupOf.has(card)).toBe(false);
    },
  );

  it("leave a small graph alone, and any graph when everything is open", () => {
    const small = randomDag(3, MOST_CARDS, 20);
    expect(groupGraph(small, alike, NONE).groups).toEqual([]);
    expect(groupGraph(randomDag(3, 400, 20), alike, new Set([EVERYTHING])).groups).toEqual([]);
  });

  it("are the same whatever the order in which the graph comes", () => {
    const graph = randomDag(11, 300, 40);
    const turned = { nodes: [graph.nodes[0] as string, ...graph.nodes.slice(1)], edges: [...graph.edges].reverse() };
    const ids = (one: Topology) =>
      groupGraph(one, alike, NONE)
        .groups.map((group) => group.id)
        .sort();
    expect(ids(turned)).toEqual(ids(graph));
  });

  it("take the leaves of one hub as one, named after it", () => {
    const nodes = ["1", "1.1", ...Array.from({ length: 100 }, (_, i) => `1.1.${i + 1}`)];
    const edges = nodes.slice(1).map((id) => [id === "1.1" ? "1" : "1.1", id] as const);
    const { groups } = groupGraph({ nodes, edges }, unlike, NONE);
    expect(groups.map(({ id, kind, after, members }) => [id, kind, after, members.length])).toEqual([
      ["1.1.1+", "leaves", "1.1", 100],
    ]);
  });

  it.each([1, 2, 3])("do not hide most of graph %i in one of them, though all of it comes after one card", (seed) => {
    const { nodes, edges } = randomDag(seed, 500, 60);
    const graph = { nodes: ["0", ...nodes], edges: [["0", "1"] as const, ...edges] };
    const { groups } = groupGraph(graph, alike, NONE);
    expect(Math.max(...groups.map((group) => group.members.length))).toBeLessThanOrEqual(250);
    expect(groups.length).toBeGreaterThan(10);
  });

  it("take what comes after one card as one where the leaves are not enough, the deepest first", () => {
    const chain = ["1", ...Array.from({ length: 80 }, (_, i) => `1.${i + 1}`)];
    const edges = chain.slice(1).map((id, i) => [chain[i] as string, id] as const);
    const { groups } = groupGraph({ nodes: chain, edges }, unlike, NONE);
    expect(groups).toHaveLength(1);
    expect(groups[0]).toMatchObject({ kind: "after", after: "1.58" });
    expect(groups[0]?.members).toHaveLength(22);
  });
});

it("finds what can only be reached through one card", () => {
  const edges = [
    ["1", "a"],
    ["a", "b"],
    ["a", "c"],
    ["b", "d"],
    ["c", "d"],
    ["1", "e"],
    ["d", "e"],
  ] as const;
  const regions = dominated(["1", "a", "b", "c", "d", "e"], edges);
  expect(regions.map(({ by, ids }) => [by, [...ids].sort()])).toEqual([["a", ["b", "c", "d"]]]);
});

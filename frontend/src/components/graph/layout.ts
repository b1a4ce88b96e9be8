/**
 * The layered layout of a graph, left to right: rank by longest path, order by barycentre sweeps, heights by medians.
 * Pure and deterministic: the same topology gives the same picture, whatever the order it came in.
 */
import { compareSubIds } from "@/lib/sub-id";
import { orderRanks } from "./layout-order";
import { placeRanks } from "./layout-place";
import { rankOf } from "./layout-rank";

export const CARD = { width: 220, height: 56 } as const;
export const GAP = { x: 64, y: 16 } as const;
/** A rank of more cards than this wraps into sub-columns; otherwise a wide tree is a strip with the screen empty beside it. */
export const WRAP = 24;

export interface Topology {
  /** Ids in any order; their reading order is that of `compareSubIds`. */
  nodes: readonly string[];
  edges: readonly (readonly [from: string, to: string])[];
}

export interface Point {
  x: number;
  y: number;
}

export interface Layout {
  width: number;
  height: number;
  /** Upper left corner of each card. */
  cards: Record<string, Point>;
  /** For edges that pass over ranks: the points between start and end, by `edgeKey`. */
  bends: Record<string, Point[]>;
}

/** A place in a rank: a card, or the lane that a longer edge takes through the rank. */
export interface Slot {
  id: string;
  rank: number;
  lane: boolean;
}

export const edgeKey = (from: string, to: string): string => `${from}\u0000${to}`;

/** Two graphs with the same key have the same layout. */
export function topologyKey({ nodes, edges }: Topology): string {
  const names = [...nodes].sort(compareSubIds);
  const lines = edges.map(([from, to]) => edgeKey(from, to)).sort();
  return JSON.stringify([names, lines]);
}

export function layoutGraph(topology: Topology): Layout {
  const nodes = [...topology.nodes].sort(compareSubIds);
  const at = new Map(nodes.map((id, i) => [id, i]));
  const place = (id: string) => at.get(id) ?? 0;
  const edges = topology.edges
    .filter(([from, to]) => at.has(from) && at.has(to) && from !== to)
    .toSorted((a, b) => place(a[0]) - place(b[0]) || place(a[1]) - place(b[1]));
  const ranks = rankOf(nodes, edges);
  const { columns, links, lanes } = withLanes(nodes, edges, ranks);
  const ordered = orderRanks(columns, links);
  return placeRanks(ordered, links, lanes);
}

/** Cuts every edge that skips ranks into pieces of one rank each, with a lane in every rank between. */
function withLanes(nodes: string[], edges: Topology["edges"], ranks: Map<string, number>) {
  const columns: Slot[][] = [];
  const put = (slot: Slot) => {
    columns[slot.rank] ??= [];
    columns[slot.rank]?.push(slot);
  };
  for (const id of nodes) put({ id, rank: ranks.get(id) ?? 0, lane: false });
  const links: [string, string][] = [];
  const lanes = new Map<string, string[]>();
  for (const [from, to] of edges) {
    const first = ranks.get(from) ?? 0;
    const last = ranks.get(to) ?? 0;
    const between: string[] = [];
    for (let rank = first + 1; rank < last; rank += 1) {
      const id = `${edgeKey(from, to)}\u0000${rank}`;
      put({ id, rank, lane: true });
      between.push(id);
    }
    const chain = [from, ...between, to];
    for (let i = 1; i < chain.length; i += 1) links.push([chain[i - 1] as string, chain[i] as string]);
    if (between.length) lanes.set(edgeKey(from, to), between);
  }
  return { columns, links, lanes };
}

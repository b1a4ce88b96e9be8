/**
 * Which cards of a large graph stand together as one: by its topology and by names, never by state, so that nothing moves while
 * states change. Every step merges so that the graph of the groups has no cycle either (see `groups.test.ts`).
 */
import { compareSubIds } from "@/lib/sub-id";
import { dominated } from "./dominators";
import type { Topology } from "./layout";
import { rankOf } from "./layout-rank";
import { push } from "./reach";

/** A graph of so many cards is shown card by card. */
export const MOST_CARDS = 60;
/** Stands among the open groups for all of them. */
export const EVERYTHING = "*";
/** Leaves of one parent set are not worth a group below this. */
const LEAST_LEAVES = 4;
/** A group of what comes after one card has at most this share of the graph. */
const MOST_OF_ALL = 0.5;

export interface Group {
  /** Of its first member, with a `+` for each group that it lies in; so it is sorted where its first member would be. */
  id: string;
  /** The cards in it, in reading order. */
  members: readonly string[];
  kind: "leaves" | "after" | "rank";
  /** The card that all of it comes after, where there is exactly one. */
  after: string | null;
  /** What the names of all members have in common. */
  family: string | null;
}

export interface Grouping {
  /** In reading order of the cards they stand for: groups, and by themselves the cards that are in none. */
  groups: readonly Group[];
  /** By card, the group that it is shown in. */
  groupOf: ReadonlyMap<string, Group>;
}

export interface Naming {
  /** What cards of the same kind share, like a folder; null for a card that is alone in this. */
  familyOf(card: string): string | null;
}

interface Part {
  members: string[];
  kind: Group["kind"];
  after: string | null;
}

/** The groups of the whole graph, where those in `open` are replaced by their members, in groups again if these are too many. */
export function groupGraph(graph: Topology, naming: Naming, open: ReadonlySet<string>): Grouping {
  const groups = open.has(EVERYTHING) ? [] : groupsOf(inReadingOrder(graph), naming, "+", open);
  const groupOf = new Map(groups.flatMap((group) => group.members.map((member) => [member, group] as const)));
  return { groups, groupOf };
}

/** So that the same graph gives the same groups, whatever the order that it comes in. */
function inReadingOrder({ nodes, edges }: Topology): Topology {
  const sorted = nodes.toSorted(compareSubIds);
  const at = new Map(sorted.map((id, i) => [id, i]));
  const place = (id: string) => at.get(id) ?? 0;
  return { nodes: sorted, edges: edges.toSorted((a, b) => place(a[0]) - place(b[0]) || place(a[1]) - place(b[1])) };
}

function groupsOf(graph: Topology, naming: Naming, depth: string, open: ReadonlySet<string>): Group[] {
  if (graph.nodes.length <= MOST_CARDS) return [];
  return partsOf(graph, naming).flatMap((part) => {
    // one that holds everything would never open
    if (part.members.length < 2 || part.members.length === graph.nodes.length) return [];
    const members = part.members.toSorted(compareSubIds);
    const group = { ...part, members, id: `${members[0]}${depth}`, family: familyOf(members, naming) };
    return open.has(group.id) ? groupsOf(restricted(graph, new Set(members)), naming, `${depth}+`, open) : [group];
  });
}

/** The graph of only these cards and the edges between them. */
export function restricted({ nodes, edges }: Topology, wanted: ReadonlySet<string>): Topology {
  return {
    nodes: nodes.filter((id) => wanted.has(id)),
    edges: edges.filter(([from, to]) => wanted.has(from) && wanted.has(to)),
  };
}

function partsOf(graph: Topology, naming: Naming): Part[] {
  const parts = new Parts(graph);
  mergeLeaves(parts);
  if (parts.count > MOST_CARDS) mergeDominated(parts);
  if (parts.count > MOST_CARDS) mergeRanks(parts, (part) => naming.familyOf(part.members[0] as string));
  if (parts.count > MOST_CARDS) mergeRanks(parts, () => "");
  if (parts.count > MOST_CARDS) mergeBands(parts);
  return parts.list();
}

/** A graph whose nodes are sets of cards, to begin with of one card each. */
class Parts {
  private parts: Map<string, Part>;
  private edges: Topology["edges"];

  constructor({ nodes, edges }: Topology) {
    const known = new Set(nodes);
    this.parts = new Map(nodes.map((id) => [id, { members: [id], kind: "leaves", after: null }]));
    this.edges = edges.filter(([from, to]) => known.has(from) && known.has(to) && from !== to);
  }

  get count(): number {
    return this.parts.size;
  }

  list(): Part[] {
    return [...this.parts.values()];
  }

  get(id: string): Part {
    return this.parts.get(id) as Part;
  }

  graph(): { nodes: string[]; edges: Topology["edges"] } {
    return { nodes: [...this.parts.keys()], edges: this.edges };
  }

  /** Merges each of these sets of nodes into one, which goes by the name of the first. */
  merge(sets: readonly { ids: readonly string[]; kind: Group["kind"]; after: string | null }[]): void {
    const name = new Map<string, string>();
    for (const { ids, kind, after } of sets) {
      const first = ids[0] as string;
      const members = ids.flatMap((id) => this.get(id).members);
      for (const id of ids) {
        name.set(id, first);
        this.parts.delete(id);
      }
      this.parts.set(first, { members, kind, after });
    }
    const seen = new Set<string>();
    this.edges = this.edges
      .map(([from, to]) => [name.get(from) ?? from, name.get(to) ?? to] as const)
      .filter(([from, to]) => {
        const key = `${from}\u0000${to}`;
        if (from === to || seen.has(key)) return false;
        seen.add(key);
        return true;
      });
  }
}

/** Leaves that come after exactly the same cards. They lead nowhere, so no cycle can come of it. */
function mergeLeaves(parts: Parts): void {
  const { nodes, edges } = parts.graph();
  const parents = new Map<string, string[]>();
  const leads = new Set<string>();
  for (const [from, to] of edges) {
    leads.add(from);
    push(parents, to, from);
  }
  const leaves = nodes.filter((id) => !leads.has(id) && parents.has(id));
  const same = groupBy(leaves, (id) => (parents.get(id) ?? []).toSorted(compareSubIds).join("\u0000"));
  const sets = [...same].filter(([, ids]) => ids.length >= LEAST_LEAVES);
  parts.merge(sets.map(([key, ids]) => ({ ids, kind: "leaves", after: key.includes("\u0000") ? null : key })));
}

/**
 * Everything that can only be reached through one card, the deepest such card first. Into such a set leads only an edge of that
 * card: a way out of the set and back would be a cycle of the graph itself.
 */
function mergeDominated(parts: Parts): void {
  const { nodes, edges } = parts.graph();
  const regions = dominated(nodes, edges);
  const chosen = new Map<string, readonly string[]>();
  const gone = new Set<string>();
  let count = parts.count;
  for (const { by, ids } of regions) {
    if (count <= MOST_CARDS) break;
    // one that holds most of the graph would hide what there is to see
    if (ids.length > nodes.length * MOST_OF_ALL) continue;
    const left = ids.filter((id) => !gone.has(id));
    const inner = ids.filter((id) => chosen.has(id));
    const nowShown = left.length + inner.length;
    if (nowShown < 2) continue;
    for (const id of ids) {
      gone.add(id);
      chosen.delete(id);
    }
    chosen.set(by, ids);
    count -= nowShown - 1;
  }
  parts.merge([...chosen].map(([by, ids]) => ({ ids, kind: "after", after: parts.get(by).members[0] ?? null })));
}

/** Cards of one rank and family, the most numerous first. No way leads from a card to another one of its rank. */
function mergeRanks(parts: Parts, familyOf: (part: Part) => string | null): void {
  const { nodes, edges } = parts.graph();
  const ranks = rankOf(nodes, edges);
  const alike = groupBy(nodes, (id) => {
    const family = familyOf(parts.get(id));
    return family === null ? id : `${ranks.get(id) ?? 0} ${family}`;
  });
  const sets = [...alike.values()].filter((ids) => ids.length > 1).sort((a, b) => b.length - a.length);
  let count = parts.count;
  const needed = sets.filter((ids) => {
    if (count <= MOST_CARDS) return false;
    count -= ids.length - 1;
    return true;
  });
  parts.merge(needed.map((ids) => ({ ids, kind: "rank", after: null })));
}

/** Ranks that follow each other, the first excepted: every way leads onwards through them. */
function mergeBands(parts: Parts): void {
  const { nodes, edges } = parts.graph();
  const ranks = rankOf(nodes, edges);
  const deepest = Math.max(...ranks.values());
  const height = Math.ceil(deepest / (MOST_CARDS - 1));
  const first = nodes.filter((id) => ranks.get(id) === 0);
  const bands = groupBy(
    nodes.filter((id) => !first.includes(id)),
    (id) => `${Math.floor(((ranks.get(id) ?? 0) - 1) / height)}`,
  );
  const sets = [...bands.values()].filter((ids) => ids.length > 1);
  parts.merge(sets.map((ids) => ({ ids, kind: "rank", after: null })));
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const item of items) push(found, keyOf(item), item);
  return found;
}

function familyOf(members: readonly string[], naming: Naming): string | null {
  const families = new Set(members.map(naming.familyOf));
  return families.size === 1 ? ([...families][0] ?? null) : null;
}

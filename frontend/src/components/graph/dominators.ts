/** Which nodes of a graph can only be reached through which (after Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm"). */
import { push } from "./reach";

interface Region {
  by: string;
  /** Everything that can only be reached through `by`, without itself. */
  ids: string[];
}

/** The regions of all nodes that have one, those deepest in the tree of dominators first; a node without parents is never `by`. */
export function dominated(nodes: readonly string[], edges: readonly (readonly [string, string])[]): Region[] {
  const parents = new Map<string, string[]>();
  const children = new Map<string, string[]>();
  for (const [from, to] of edges) {
    push(parents, to, from);
    push(children, from, to);
  }
  const order = sorted(nodes, parents, children);
  const { above, depth } = immediate(order, parents);
  const regions = new Map<string, string[]>();
  for (const id of order)
    for (let by = above.get(id) ?? null; by !== null; by = above.get(by) ?? null)
      if (parents.has(by)) push(regions, by, id);
  return [...regions]
    .map(([by, ids]) => ({ by, ids }))
    .sort((a, b) => (depth.get(b.by) ?? 0) - (depth.get(a.by) ?? 0) || b.ids.length - a.ids.length);
}

/** The nearest node through which each is reached, null where there is none, and how many of these there are above it. */
function immediate(order: readonly string[], parents: Map<string, string[]>) {
  const depth = new Map<string, number>();
  const above = new Map<string, string | null>();
  for (const id of order) {
    const [first, ...others] = parents.get(id) ?? [];
    const by = first === undefined ? null : others.reduce<string | null>((a, b) => meet(a, b, above, depth), first);
    above.set(id, by);
    depth.set(id, by === null ? 0 : (depth.get(by) ?? 0) + 1);
  }
  return { above, depth };
}

/** Parents before children. */
function sorted(nodes: readonly string[], parents: Map<string, string[]>, children: Map<string, string[]>): string[] {
  const left = new Map(nodes.map((id) => [id, parents.get(id)?.length ?? 0]));
  const order = nodes.filter((id) => left.get(id) === 0);
  for (let at = 0; at < order.length; at += 1)
    for (const child of children.get(order[at] as string) ?? []) {
      const waits = (left.get(child) ?? 0) - 1;
      left.set(child, waits);
      if (waits === 0) order.push(child);
    }
  return order;
}

/** The nearest node through which both are reached; null when there is none. */
function meet(
  a: string | null,
  b: string | null,
  above: Map<string, string | null>,
  depth: Map<string, number>,
): string | null {
  let [left, right] = [a, b];
  while (left !== right) {
    if (left === null || right === null) return null;
    const deeper = (depth.get(left) ?? 0) >= (depth.get(right) ?? 0);
    if (deeper) left = above.get(left) ?? null;
    else right = above.get(right) ?? null;
  }
  return left;
}

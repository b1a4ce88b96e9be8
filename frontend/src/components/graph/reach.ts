/** Walks a graph: what is before and behind a card, and where the arrow keys lead. */
import { compareSubIds } from "@/lib/sub-id";
import type { Layout } from "./layout";

export interface Neighbourhood {
  parents: ReadonlyMap<string, readonly string[]>;
  children: ReadonlyMap<string, readonly string[]>;
}

export function neighbourhood(lines: readonly { from: string; to: string }[]): Neighbourhood {
  const parents = new Map<string, string[]>();
  const children = new Map<string, string[]>();
  for (const { from, to } of lines) {
    push(children, from, to);
    push(parents, to, from);
  }
  for (const ids of [...children.values(), ...parents.values()]) ids.sort(compareSubIds);
  return { parents, children };
}

/** Adds to the list that stands under a key. */
export function push<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}

function follow(id: string, ways: ReadonlyMap<string, readonly string[]>): Set<string> {
  const seen = new Set<string>();
  const open = [...(ways.get(id) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(ways.get(next) ?? []));
  }
  return seen;
}

export const behind = (id: string, graph: Neighbourhood): Set<string> => follow(id, graph.children);
export const before = (id: string, graph: Neighbourhood): Set<string> => follow(id, graph.parents);

/** The card itself with everything that leads to it and everything that follows from it. */
export function bothPaths(id: string, graph: Neighbourhood): Set<string> {
  return new Set([id, ...before(id, graph), ...behind(id, graph)]);
}

/** Where an arrow key leads: along an edge, or to the next card of the same column. Undefined when there is nothing that way. */
export function step(key: string, id: string, graph: Neighbourhood, layout: Layout): string | undefined {
  if (key === "ArrowRight") return graph.children.get(id)?.[0];
  if (key === "ArrowLeft") return graph.parents.get(id)?.[0];
  if (key !== "ArrowUp" && key !== "ArrowDown") return undefined;
  const here = layout.cards[id];
  if (!here) return undefined;
  const column = Object.entries(layout.cards)
    .filter(([, at]) => at.x === here.x)
    .sort((a, b) => a[1].y - b[1].y);
  const index = column.findIndex(([other]) => other === id);
  return column[index + (key === "ArrowDown" ? 1 : -1)]?.[0];
}

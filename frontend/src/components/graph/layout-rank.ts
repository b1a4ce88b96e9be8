/** Ranks by longest path from the roots. */

/** The rank of each node. An edge that closes a cycle (which the arbiter refuses, but a page must not hang on) is passed over. */
export function rankOf(nodes: readonly string[], edges: readonly (readonly [string, string])[]): Map<string, number> {
  const children = new Map<string, string[]>(nodes.map((id) => [id, []]));
  const waitingFor = new Map<string, number>(nodes.map((id) => [id, 0]));
  for (const [from, to] of edges) {
    children.get(from)?.push(to);
    waitingFor.set(to, (waitingFor.get(to) ?? 0) + 1);
  }
  const ranks = new Map<string, number>(nodes.map((id) => [id, 0]));
  const done = new Set<string>();
  let ready = nodes.filter((id) => waitingFor.get(id) === 0);
  while (done.size < nodes.length) {
    if (!ready.length) ready = nodes.filter((id) => !done.has(id)).slice(0, 1);
    ready = settleRank(ready, { children, waitingFor, ranks, done });
  }
  return ranks;
}

interface Walk {
  children: Map<string, string[]>;
  waitingFor: Map<string, number>;
  ranks: Map<string, number>;
  done: Set<string>;
}

/** Settles the ready nodes and returns those that became ready by it. */
function settleRank(ready: string[], { children, waitingFor, ranks, done }: Walk): string[] {
  const next: string[] = [];
  for (const id of ready) done.add(id);
  for (const id of ready) {
    for (const child of children.get(id) ?? []) {
      if (done.has(child)) continue;
      ranks.set(child, Math.max(ranks.get(child) ?? 0, (ranks.get(id) ?? 0) + 1));
      const left = (waitingFor.get(child) ?? 0) - 1;
      waitingFor.set(child, left);
      if (left === 0) next.push(child);
    }
  }
  return next;
}

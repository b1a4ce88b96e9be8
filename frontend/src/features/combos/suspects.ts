/** Which changed projects may be to blame for what failed in a combo's tree: those that failed, and those above what failed. */
import type { TreeGraph } from "@/lib/api/types";

const BAD = new Set(["failed", "timed_out", "undeliverable"]);

/** By project name, the projects whose failure points at it; its own name where it failed itself. */
export type Suspects = ReadonlyMap<string, readonly string[]>;

export function suspectsOf({ nodes, edges }: Pick<TreeGraph, "nodes" | "edges">): Suspects {
  const names = new Map(nodes.map((node) => [node.sub_id, node.project]));
  const parents = new Map<string, string[]>();
  for (const { from, to } of edges) parents.set(to, [...(parents.get(to) ?? []), from]);
  const found = new Map<string, Set<string>>();
  for (const { sub_id, state, project } of nodes) {
    if (!BAD.has(state)) continue;
    for (const sub of withAncestors(sub_id, parents)) {
      const name = names.get(sub);
      if (name) found.set(name, (found.get(name) ?? new Set()).add(project ?? "a private project"));
    }
  }
  return new Map([...found].map(([name, failed]) => [name, [...failed]]));
}

function withAncestors(start: string, parents: ReadonlyMap<string, string[]>): Set<string> {
  const seen = new Set([start]);
  for (const sub of seen) for (const parent of parents.get(sub) ?? []) seen.add(parent);
  return seen;
}

/** Suspects first, as they were among themselves. */
export function suspectsFirst<T extends { project: { name: string } | null }>(
  changed: readonly T[],
  of: Suspects,
): T[] {
  const suspect = ({ project }: T) => Number(project !== null && of.has(project.name));
  return [...changed].sort((a, b) => suspect(b) - suspect(a));
}

/** "failed itself", or "app, web failed after it". */
export function suspicionText(name: string, failed: readonly string[]): string {
  const others = failed.filter((one) => one !== name);
  const own = others.length < failed.length ? ["failed itself"] : [];
  return [...own, ...(others.length ? [`${others.join(", ")} failed after it`] : [])].join("; ");
}

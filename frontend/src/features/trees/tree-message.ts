/** What the live topic of a tree says, and how it changes the graph. */
import type { GraphEdge, GraphNode, TreeGraph } from "@/lib/api/types";
import { upsert } from "@/lib/live/snapshot";
import { asState, isFinal } from "@/lib/states";

export interface TreeMessage {
  version: number;
  tree?: Partial<Pick<TreeGraph, "state" | "finished_at">>;
  /** Absent when too many changed at once: then only the snapshot tells. */
  events?: GraphNode[];
  edges?: Pick<GraphEdge, "from" | "to" | "outcome" | "reason">[];
}

/**
 * The graph after the message; null when the message does not say enough.
 * Nodes and edges that it does not name stay the same objects, so that they do not render again.
 */
export function applyTreeMessage(graph: TreeGraph, message: TreeMessage): TreeGraph | null {
  if (!message.events) return null;
  const known = new Map(graph.nodes.map((node) => [node.sub_id, node]));
  const events = message.events.map((event) => ({ ...event, ...carriedOver(known.get(event.sub_id), event) }));
  const edges = (message.edges ?? []) as GraphEdge[];
  const nodes = upsert(graph.nodes, events, (node) => node.sub_id);
  return {
    ...graph,
    state: message.tree?.state ?? graph.state,
    finished_at: message.tree?.finished_at === undefined ? graph.finished_at : message.tree.finished_at,
    nodes,
    edges: upsert(takenBack(graph.edges, nodes), edges, (edge) => `${edge.from} ${edge.to}`),
  };
}

/**
 * Messages tell what settles an edge. What takes it back they do not tell: that its parent runs anew, and its child, which
 * waits again, will be decided anew.
 */
function takenBack(edges: GraphEdge[], nodes: readonly GraphNode[]): GraphEdge[] {
  const states = new Map(nodes.map((node) => [node.sub_id, asState(node.state)]));
  const isOpen = (sub: string) => !isFinal(states.get(sub) ?? "success");
  const changed = edges.map((edge) =>
    edge.outcome !== null && isOpen(edge.from) && states.get(edge.to) === "waiting"
      ? { ...edge, outcome: null, reason: null }
      : edge,
  );
  return changed.some((edge, i) => edge !== edges[i]) ? changed : edges;
}

/**
 * What messages leave out: the owner, the ref, which stays what it was within one attempt, and the earlier attempts, to which the
 * present one is added when the next begins. A send that failed is forgotten as soon as anything else is told of the event.
 */
function carriedOver(
  before: GraphNode | undefined,
  now: GraphNode,
): Pick<GraphNode, "ref" | "owner" | "tries" | "sends"> {
  if (!before) return { ref: now.ref, owner: null, tries: [], sends: 0 };
  const tries = before.tries ?? [];
  const same = { owner: before.owner, sends: 0 };
  if (before.attempt === now.attempt) return { ...same, ref: now.ref ?? before.ref, tries };
  const replaced = before.queued_at ? [{ ...tryOf(before), queued_at: before.queued_at }] : [];
  return { ...same, ref: now.ref, tries: [...tries, ...replaced] };
}

const tryOf = ({ attempt, state, triggered_at, started_at, finished_at }: GraphNode) => ({
  attempt: attempt ?? 0,
  state,
  triggered_at,
  started_at,
  finished_at,
});

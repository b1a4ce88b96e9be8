/** The event tree as a graph. */
import { useMemo, useRef } from "react";
import type { GraphLine } from "@/components/graph/edge-style";
import type { GraphCardContent } from "@/components/graph/graph-card";
import { GraphView } from "@/components/graph/graph-view";
import { behind, neighbourhood } from "@/components/graph/reach";
import { Duration } from "@/components/time";
import type { TreeGraph as Graph } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { edgeStyle, labelOf, type TreeRow, whatMatters } from "./tree-model";

interface Props {
  tree: string;
  graph: Graph;
  rows: TreeRow[];
  /** Null when there is no filter. */
  matching: ReadonlySet<string> | null;
  selected: string | null;
  focus: { id: string } | null;
  search: string;
}

export function TreeGraph({ tree, graph, rows, matching, selected, focus, search }: Props) {
  const lines = useMemo<GraphLine[]>(
    () =>
      graph.edges.map((edge) => ({ from: edge.from, to: edge.to, style: edgeStyle(edge), each: edge.join === "each" })),
    [graph.edges],
  );
  const cards = useCards(tree, rows, lines, search);
  return (
    <GraphView
      label={`Event tree, ${rows.length} events. Arrow keys walk along the edges, Enter opens.`}
      name={tree}
      cards={cards}
      lines={lines}
      matching={matching}
      selected={selected}
      matters={whatMatters(rows)}
      focus={focus}
    />
  );
}

/** Cards whose event did not change keep their object. */
function useCards(tree: string, rows: TreeRow[], lines: GraphLine[], search: string): GraphCardContent[] {
  const known = useRef(new Map<string, { node: unknown; search: string; card: GraphCardContent }>());
  return useMemo(() => {
    const reach = neighbourhood(lines);
    return rows.map((row) => {
      const id = row.node.sub_id;
      const before = known.current.get(id);
      if (before && before.node === row.node && before.search === search) return before.card;
      const card = cardOf(tree, row, behind(id, reach).size, search);
      known.current.set(id, { node: row.node, search, card });
      return card;
    });
  }, [tree, rows, lines, search]);
}

function cardOf(tree: string, row: TreeRow, after: number, search: string): GraphCardContent {
  const { node } = row;
  return {
    id: node.sub_id,
    href: row.hidden ? null : paths.event(tree, node.sub_id) + search,
    title: row.name,
    state: row.state,
    label: labelOf(row, after),
    tag: node.sub_id,
    hint: node.reason ?? undefined,
    detail: <Detail row={row} />,
  };
}

/** The ref, how long, which attempt; before it has begun, the reason why not. */
function Detail({ row: { node, parents } }: { row: TreeRow }) {
  const why = node.started_at ? null : node.reason;
  return (
    <>
      {why ? (
        <span className="ellipsis">{why}</span>
      ) : (
        <span className="ellipsis">{node.ref ?? node.target ?? ""}</span>
      )}
      {node.started_at && <Duration from={node.started_at} to={node.finished_at} />}
      {node.attempt > 1 && <span title={`attempt ${node.attempt}`}>↻{node.attempt}</span>}
      {!why && parents.length > 1 && <span title={`joins ${parents.length} parents`}>⋈{parents.length}</span>}
    </>
  );
}

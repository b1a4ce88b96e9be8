/** The event tree as a graph. */
import { useMemo, useRef } from "react";
import type { GraphLine } from "@/components/graph/edge-style";
import type { GraphCardContent } from "@/components/graph/graph-card";
import { GraphView } from "@/components/graph/graph-view";
import { behind, neighbourhood } from "@/components/graph/reach";
import { Duration } from "@/components/time";
import type { TreeGraph as Graph } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import type { State } from "@/lib/states";
import { criticalEdges, type Mark, marksOf, type Overlay } from "./marks";
import { Marks } from "./marks-view";
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
  overlay: Overlay;
}

export function TreeGraph({ tree, graph, rows, matching, selected, focus, search, overlay }: Props) {
  const lines = useLines(graph, overlay.critical);
  const cards = useCards(tree, rows, lines, search, overlay);
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

function useLines({ edges }: Graph, critical: readonly string[]): GraphLine[] {
  return useMemo(() => {
    const path = criticalEdges(critical);
    return edges.map((edge) => ({
      from: edge.from,
      to: edge.to,
      style: edgeStyle(edge),
      each: edge.join === "each",
      critical: path.has(`${edge.from} ${edge.to}`),
      hint: edge.reason ?? undefined,
    }));
  }, [edges, critical]);
}

/** Cards whose event did not change, nor what lies over it, keep their object. */
function useCards(
  tree: string,
  rows: TreeRow[],
  lines: GraphLine[],
  search: string,
  overlay: Overlay,
): GraphCardContent[] {
  const known = useRef(new Map<string, { node: unknown; key: string; card: GraphCardContent }>());
  return useMemo(() => {
    const reach = neighbourhood(lines);
    return rows.map((row) => {
      const id = row.node.sub_id;
      const marks = marksOf(row, overlay);
      const key = [search, ...marks.map((mark) => mark.text)].join("\n");
      const before = known.current.get(id);
      if (before && before.node === row.node && before.key === key) return before.card;
      const card = {
        ...cardOf(tree, row, marks, behind(id, reach).size, search),
        critical: overlay.critical.includes(id),
      };
      known.current.set(id, { node: row.node, key, card });
      return card;
    });
  }, [tree, rows, lines, search, overlay]);
}

function cardOf(tree: string, row: TreeRow, marks: Mark[], after: number, search: string): GraphCardContent {
  const { node } = row;
  return {
    id: node.sub_id,
    href: row.hidden ? null : paths.event(tree, node.sub_id) + search,
    title: row.name,
    state: row.state,
    label: labelOf(row, after, marks),
    tag: node.sub_id,
    hint: node.reason ?? undefined,
    detail: <Detail row={row} marks={marks} />,
  };
}

/** The ref and how long it took; of an event that has not run, or not to its end, the reason. */
function Detail({ row: { node, state, parents }, marks }: { row: TreeRow; marks: Mark[] }) {
  const why = !node.started_at || SAYS_WHY.has(state) ? node.reason : null;
  return (
    <>
      <span className="ellipsis">{why ?? node.ref ?? node.target ?? ""}</span>
      {node.started_at && !why && parents.length > 0 && <Duration from={node.started_at} to={node.finished_at} />}
      {!why && parents.length > 1 && <span title={`joins ${parents.length} parents`}>⋈{parents.length}</span>}
      <Marks marks={marks} />
    </>
  );
}

const SAYS_WHY: ReadonlySet<State> = new Set(["skipped", "cancelled", "timed_out", "undeliverable"]);

/** The event tree as a graph: all of it, in groups where it is large, or only what leads to one event and follows from it. */
import { Button } from "@mantine/core";
import { useMemo, useRef } from "react";
import { Dialog } from "@/components/dialog";
import type { GraphLine } from "@/components/graph/edge-style";
import { GraphView } from "@/components/graph/graph-view";
import type { Topology } from "@/components/graph/layout";
import { mergeLines } from "@/components/graph/merged-lines";
import { bothPaths, type Neighbourhood } from "@/components/graph/reach";
import type { TreeGraph as Graph } from "@/lib/api/types";
import { useKeys } from "@/lib/use-keys";
import classes from "./acts/acts.module.css";
import { useEventCards } from "./graph/event-cards";
import { familyOf } from "./graph/group-model";
import { type Groups, useGroups } from "./graph/use-groups";
import { criticalEdges, type Overlay } from "./marks";
import { edgeStyle, type TreeRow, whatMatters } from "./tree-model";

interface Props {
  tree: string;
  graph: Graph;
  rows: TreeRow[];
  reach: Neighbourhood;
  /** Null when there is no filter. */
  matching: ReadonlySet<string> | null;
  /** Whether what does not match is left out. */
  hides: boolean;
  /** The event whose ancestors and descendants alone are shown. */
  around: string | null;
  selected: string | null;
  focus: { id: string } | null;
  look: { id: string } | null;
  search: string;
  overlay: Overlay;
  onPan(): void;
}

export function TreeGraph({
  tree,
  graph,
  rows,
  reach,
  matching,
  hides,
  around,
  selected,
  focus,
  look,
  search,
  overlay,
  onPan,
}: Props) {
  const wanted = useShown(reach, matching, hides, around);
  const all = useLines(graph, overlay.critical, wanted);
  const shown = useMemo(() => (wanted ? rows.filter((row) => wanted.has(row.node.sub_id)) : rows), [rows, wanted]);
  const topology = useTopology(shown, all);
  const naming = useNaming(shown, topology);
  const groups = useGroups(tree, topology, naming, focus, selected);
  const lines = useMemo(() => mergeLines(all, groups.shownAs), [all, groups.shownAs]);
  const cards = useEventCards({ ...{ tree, rows: shown, reach, search, overlay }, ...groups, onOpen: groups.toggle });
  const as = groups.shownAs;
  const matters = whatMatters(shown);
  useGroupKeys(groups);
  return (
    <>
      <GraphView
        label={`Event tree, ${rows.length} events. Arrow keys walk along the edges, Enter opens.`}
        name={[tree, around ?? "", hides ? "less" : ""].filter(Boolean).join(" ")}
        cards={cards}
        lines={lines}
        matching={useMemo(() => (matching && !hides ? new Set([...matching].map(as)) : null), [matching, hides, as])}
        selected={selected === null ? null : as(selected)}
        matters={around ? as(around) : matters && as(matters)}
        focus={useMoved(focus, as)}
        look={useMoved(look, as)}
        pin={groups.pin}
        onPan={onPan}
      />
      <ManyDialog groups={groups} />
    </>
  );
}

/** The events that are shown at all; null for every one. */
function useShown(
  reach: Neighbourhood,
  matching: ReadonlySet<string> | null,
  hides: boolean,
  around: string | null,
): ReadonlySet<string> | null {
  const path = useMemo(
    () => (around && (reach.parents.has(around) || reach.children.has(around)) ? bothPaths(around, reach) : null),
    [around, reach],
  );
  return useMemo(() => {
    if (!hides || !matching?.size) return path;
    return path ? new Set([...path].filter((sub) => matching.has(sub))) : matching;
  }, [path, matching, hides]);
}

/** A request about an event as one about the card that it is shown as. */
function useMoved(request: { id: string } | null, as: (card: string) => string): { id: string } | null {
  const id = request && as(request.id);
  return useMemo(() => (request && id ? { id } : null), [request, id]);
}

function useLines(
  { nodes, edges }: Graph,
  critical: readonly string[],
  wanted: ReadonlySet<string> | null,
): GraphLine[] {
  const times = useTimes(nodes);
  return useMemo(() => {
    const path = criticalEdges(critical);
    const shown = wanted ? edges.filter((edge) => wanted.has(edge.from) && wanted.has(edge.to)) : edges;
    return shown.map((edge) => ({
      from: edge.from,
      to: edge.to,
      style: edgeStyle(edge),
      each: edge.join === "each",
      times: edge.join === "each" ? times.get(edge.to) : undefined,
      critical: path.has(`${edge.from} ${edge.to}`),
      hint: edge.reason ?? undefined,
    }));
  }, [edges, critical, wanted, times]);
}

/** How many events of its project a tree has, by sub id; it keeps its identity, as the topology does. */
function useTimes(nodes: Graph["nodes"]): ReadonlyMap<string, number> {
  // biome-ignore lint/correctness/useExhaustiveDependencies: events come and go with the tree only
  return useMemo(() => {
    const counts = new Map<string, number>();
    for (const { project } of nodes) if (project) counts.set(project, (counts.get(project) ?? 0) + 1);
    return new Map(nodes.flatMap(({ sub_id: sub, project }) => (project ? [[sub, counts.get(project) ?? 1]] : [])));
  }, [nodes.length]);
}

/** Keeps its identity while only states change: then no group is made anew. */
function useTopology(rows: readonly TreeRow[], lines: readonly GraphLine[]): Topology {
  const known = useRef<Topology>({ nodes: [], edges: [] });
  return useMemo(() => {
    const { nodes, edges } = known.current;
    const same =
      rows.length === nodes.length &&
      lines.length === edges.length &&
      rows.every((row, i) => row.node.sub_id === nodes[i]) &&
      lines.every((line, i) => line.from === edges[i]?.[0] && line.to === edges[i]?.[1]);
    if (!same)
      known.current = {
        nodes: rows.map((row) => row.node.sub_id),
        edges: lines.map((line) => [line.from, line.to] as const),
      };
    return known.current;
  }, [rows, lines]);
}

function useNaming(rows: readonly TreeRow[], topology: Topology) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: names change as little as the topology does
  return useMemo(() => {
    const families = new Map(rows.map((row) => [row.node.sub_id, row.hidden ? null : familyOf(row.name)]));
    return { familyOf: (sub: string) => families.get(sub) ?? null };
  }, [topology]);
}

function useGroupKeys(groups: Groups): void {
  useKeys({
    e: () => {
      const card = document.activeElement?.closest<HTMLElement>("[data-card]")?.dataset.card;
      if (card !== undefined) groups.toggle(card);
    },
    E: groups.toggleAll,
  });
}

function ManyDialog({ groups: { asking, answer } }: { groups: Groups }) {
  return (
    <Dialog opened={asking !== null} onClose={() => answer(false)} title="Show every event by itself?">
      <div className={classes.dialog}>
        <p>That is {asking} cards. Focus (x) or the table finds one event sooner; E groups them again.</p>
        <div className={classes.row}>
          <Button variant="default" onClick={() => answer(false)}>
            Keep the groups
          </Button>
          <Button data-autofocus onClick={() => answer(true)}>
            Show {asking} cards
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

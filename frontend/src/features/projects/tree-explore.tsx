/** The last trees that a project took part in, one of them drawn small; a card opens its event on the tree's own page. */

import { useMemo, useState } from "react";
import { Link } from "react-router";
import type { GraphLine } from "@/components/graph/edge-style";
import type { GraphCardContent } from "@/components/graph/graph-card";
import { GraphView } from "@/components/graph/graph-view";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import { itemsOf } from "@/components/rows-of-pages";
import { SelectBox } from "@/components/select-box";
import { Duration } from "@/components/time";
import { useTrees } from "@/lib/api/calls/get-trees";
import type { Activity, Project, TreeGraph, TreeSummary } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { asState, STATE_GLYPH, STATE_WORD } from "@/lib/states";
import { formatLocal } from "@/lib/time";
import { useActivity } from "./api/get-activity";
import { useTreePicture } from "./api/get-tree-picture";
import classes from "./projects.module.css";

const SHOWN = 20;

export function TreeExplore({ project }: { project: Project }) {
  const rooted = useTrees({ project: project.id, limit: SHOWN });
  const within = useActivity([project.id]);
  const [chosen, setChosen] = useState("");
  const own = rooted.data ? itemsOf(rooted.data) : [];
  const choices = choicesOf(own, within.data?.get(project.id)?.last ?? []);
  const tree = choices.some(([id]) => id === chosen) ? chosen : choices[0]?.[0];
  if (!tree) return null;
  return (
    <Section
      title="Tree explore"
      actions={
        <>
          <SelectBox label="Tree" value={tree} options={choices} onChange={setChosen} />
          <Link to={paths.tree(tree)}>Open the tree</Link>
        </>
      }
    >
      <Mini key={tree} tree={tree} project={project} />
    </Section>
  );
}

type Choice = [id: string, text: string];

/** Both the trees that it set off and those that it was part of, the newest first: ids begin with the time. */
export function choicesOf(own: readonly TreeSummary[], last: Activity["last"]): Choice[] {
  const found = new Map<string, string>();
  for (const { tree_id, sub_id, state, at } of last)
    if (tree_id)
      found.set(tree_id, `${STATE_GLYPH[asState(state)]} ${formatLocal(Date.parse(at))}, as event ${sub_id}`);
  for (const { id, state, opened_at, root } of own) {
    const what = [root.tag ?? root.branch, root.commit?.slice(0, 7)].filter(Boolean).join(" ");
    found.set(
      id,
      `${STATE_GLYPH[asState(state)]} ${formatLocal(Date.parse(opened_at))}, set off here by ${what || "it"}`,
    );
  }
  return [...found].sort(([a], [b]) => (a < b ? 1 : -1)).slice(0, SHOWN);
}

function Mini({ tree, project }: { tree: string; project: Project }) {
  const graph = useTreePicture(tree);
  return (
    <Loaded query={graph} rows={3}>
      {(data) => (
        <div className={classes.graph}>
          <Drawn graph={data} project={project} />
        </div>
      )}
    </Loaded>
  );
}

function Drawn({ graph, project }: { graph: TreeGraph; project: Project }) {
  const cards = useMemo(() => graph.nodes.map((node) => cardOf(graph.id, node)), [graph]);
  const lines = useMemo<GraphLine[]>(
    () => graph.edges.map(({ from, to, join }) => ({ from, to, style: "plain", each: join === "each" })),
    [graph],
  );
  const here = graph.nodes.find((node) => node.project === project.name)?.sub_id ?? null;
  return (
    <GraphView
      label={`The tree's ${cards.length} events. Arrow keys walk along the edges, Enter opens.`}
      name={`mini:${graph.id}`}
      cards={cards}
      lines={lines}
      selected={here}
      matters={here ?? undefined}
      quiet
    />
  );
}

function cardOf(tree: string, node: TreeGraph["nodes"][number]): GraphCardContent {
  const state = asState(node.state);
  const name = node.project ?? "Private project";
  return {
    id: node.sub_id,
    href: node.project ? paths.event(tree, node.sub_id) : null,
    title: name,
    state,
    label: `${name}, event ${node.sub_id}, ${STATE_WORD[state]}`,
    tag: node.sub_id,
    hint: node.reason ?? undefined,
    detail: (
      <>
        <span className="ellipsis">{node.ref ?? STATE_WORD[state]}</span>
        {node.started_at && <Duration from={node.started_at} to={node.finished_at} />}
      </>
    ),
  };
}

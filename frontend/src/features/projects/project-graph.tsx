/** The dependencies of a project, up and down, drawn like a tree of events. */
import { useMemo } from "react";
import { Link } from "react-router";
import type { GraphLine } from "@/components/graph/edge-style";
import type { GraphCardContent } from "@/components/graph/graph-card";
import { GraphView } from "@/components/graph/graph-view";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import type { Project, ProjectGraph } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { asState, STATE_WORD } from "@/lib/states";
import { useProjectGraph } from "./api/get-project-graph";
import classes from "./projects.module.css";

export function ProjectGraphSection({ project }: { project: Project }) {
  const graph = useProjectGraph(project.name);
  const alone = graph.data && graph.data.edges.length === 0;
  return (
    <Section
      title="Dependency tree"
      padded={alone}
      actions={
        <>
          {graph.data && !alone && <span className="muted">{summaryOf(project, graph.data)}</span>}
          {project.role !== "viewer" && <Link to={paths.projectSettings(project.name, "dependencies")}>Edit</Link>}
          {!alone && <Link to={paths.graph(project.name)}>Open in graph</Link>}
        </>
      }
    >
      <Loaded query={graph} rows={3}>
        {(data) =>
          alone ? (
            <p className="muted">{project.name} depends on nothing, and nothing depends on it.</p>
          ) : (
            <div className={classes.graph}>
              <Drawn project={project} graph={data} />
            </div>
          )
        }
      </Loaded>
    </Section>
  );
}

/** "upstream 3 ← app-web → downstream 2 (17 in all)": direct ones, and how many can be reached. */
export function summaryOf({ name, upstream_count, downstream_count }: Project, { nodes }: ProjectGraph): string {
  const all = nodes.length - 1;
  const more = all > upstream_count + downstream_count ? ` (${all} in all)` : "";
  return `upstream ${upstream_count} ← ${name} → downstream ${downstream_count}${more}`;
}

function Drawn({ project, graph }: { project: Project; graph: ProjectGraph }) {
  const names = useMemo(() => new Map(graph.nodes.map((node) => [node.id, node.name])), [graph]);
  const cards = useMemo(() => graph.nodes.map(cardOf), [graph]);
  const lines = useMemo<GraphLine[]>(
    () =>
      graph.edges.map((edge) => ({
        from: names.get(edge.upstream) ?? edge.upstream,
        to: names.get(edge.downstream) ?? edge.downstream,
        style: edge.enabled ? "plain" : "disabled",
        each: edge.join === "each",
      })),
    [graph, names],
  );
  return (
    <GraphView
      label={`Projects around ${project.name}. Arrow keys walk along the edges, Enter opens.`}
      name={`project:${project.id}`}
      cards={cards}
      lines={lines}
      selected={project.name}
      matters={project.name}
      quiet
    />
  );
}

/** Cards go by name, so that the picture reads alphabetically and stays the same from day to day. */
function cardOf(node: ProjectGraph["nodes"][number]): GraphCardContent {
  const state = node.last_result ? asState(node.last_result.status) : null;
  return {
    id: node.name,
    href: paths.project(node.name),
    title: node.name,
    state,
    label: `${node.name}, ${state ? `last result ${STATE_WORD[state]}` : "no result yet"}`,
    detail: node.last_result ? (
      <span>
        {node.last_result.branch ?? ""} {node.last_result.commit?.slice(0, 7) ?? ""}
      </span>
    ) : (
      <span>no result yet</span>
    ),
  };
}

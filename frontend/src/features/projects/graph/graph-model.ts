/** What of the graph of all projects is drawn: what a filter leaves, in groups where they are asked for, never too many cards. */
import type { EdgeStyle, GraphLine } from "@/components/graph/edge-style";
import { mergeLines } from "@/components/graph/merged-lines";
import type { WholeGraph } from "@/lib/api/types";
import { asState, countStates, isBad, type State } from "@/lib/states";

export type GraphProject = WholeGraph["nodes"][number];
export type Grouped = "" | "owner" | "ci";

/** More cards than these cannot be read; a filter, a group or a focus is asked for first. */
export const MOST_DRAWN = 150;
/** From here on projects are drawn in groups unless something else is asked for. */
const MANY = 60;
const NAMED = 3;
const NOBODY = "without owner";

export interface ProjectGroup {
  /** Also the id of its card; no project has a name like this. */
  id: string;
  name: string;
  members: readonly GraphProject[];
  counts: [State, number][];
  bad: string[];
  /** The worst of its members' last results; null without any. */
  state: State | null;
}

export interface Picture {
  /** Projects with a card of their own. */
  projects: readonly GraphProject[];
  groups: readonly ProjectGroup[];
  lines: readonly GraphLine[];
  /** Whose names the filter asks for; null without one. */
  matching: ReadonlySet<string> | null;
  /** Projects that nothing leads to and that lead to nothing. */
  orphans: readonly GraphProject[];
}

export interface Wish {
  q: string;
  group: Grouped | "auto";
  /** Ids of the groups that are shown project by project. */
  open: ReadonlySet<string>;
  /** The project that is always drawn. */
  focus: string | null;
}

export const stateOf = (project: GraphProject): State | null => (project.status ? asState(project.status) : null);

export function pictureOf(graph: WholeGraph, wish: Wish): Picture {
  const isOrphan = (one: GraphProject) => one.upstream_count + one.downstream_count === 0;
  const orphans = graph.nodes.filter((one) => isOrphan(one) && one.name !== wish.focus);
  const connected = graph.nodes.filter((one) => !isOrphan(one) || one.name === wish.focus);
  const names = new Map(graph.nodes.map((node) => [node.id, node.name]));
  const edges = graph.edges.map((edge): GraphLine => {
    const [from, to] = [names.get(edge.upstream) ?? "", names.get(edge.downstream) ?? ""];
    const style: EdgeStyle = edge.enabled ? "plain" : "disabled";
    return { from, to, style, each: edge.join === "each" };
  });
  const wanted = filtered(connected, edges, wish.q);
  const kept = new Set(wanted.shown.map((one) => one.name));
  const groups = groupsOf(wanted.shown, wish.group === "auto" ? usualGroups(wanted.shown) : wish.group);
  const closed = groups.filter((group) => !wish.open.has(group.id));
  const shownAs = new Map(closed.flatMap((group) => group.members.map((one) => [one.name, group.id] as const)));
  return {
    projects: wanted.shown.filter((one) => !shownAs.has(one.name)),
    groups: closed,
    lines: mergeLines(
      edges.filter((line) => kept.has(line.from) && kept.has(line.to)),
      (name) => shownAs.get(name) ?? name,
    ),
    matching: wanted.matching,
    orphans,
  };
}

/** Those whose name or owner holds the text, with what is next to them. */
function filtered(projects: readonly GraphProject[], edges: readonly GraphLine[], q: string) {
  const needle = q.trim().toLowerCase();
  if (!needle) return { shown: projects, matching: null };
  const holds = (text: string | null) => text?.toLowerCase().includes(needle) ?? false;
  const matching = new Set(projects.filter((one) => holds(one.name) || holds(one.owner)).map((one) => one.name));
  const near = new Set(matching);
  for (const { from, to } of edges) {
    if (matching.has(from)) near.add(to);
    if (matching.has(to)) near.add(from);
  }
  return { shown: projects.filter((one) => near.has(one.name)), matching };
}

/** By owner, where that tells projects apart. */
function usualGroups(projects: readonly GraphProject[]): Grouped {
  return projects.length > MANY && new Set(projects.map((one) => one.owner)).size > 1 ? "owner" : "";
}

/** Groups of one project are no groups. */
function groupsOf(projects: readonly GraphProject[], by: Grouped): ProjectGroup[] {
  if (!by) return [];
  const members = new Map<string, GraphProject[]>();
  for (const one of projects) {
    const name = by === "ci" ? one.ci : (one.owner ?? NOBODY);
    members.set(name, [...(members.get(name) ?? []), one]);
  }
  return [...members].filter(([, some]) => some.length > 1).map(([name, some]) => groupOf(by, name, some));
}

const WORST_FIRST: readonly State[] = ["failed", "undeliverable", "timed_out", "cancelled", "skipped", "success"];

function groupOf(by: Grouped, name: string, members: readonly GraphProject[]): ProjectGroup {
  const states = members.map(stateOf).filter((state) => state !== null);
  const bad = members.filter((one) => isBad(stateOf(one) ?? "waiting")).map((one) => one.name);
  return {
    id: `${by}: ${name}`,
    name,
    members,
    counts: countStates(states).toSorted((a, b) => WORST_FIRST.indexOf(a[0]) - WORST_FIRST.indexOf(b[0])),
    bad: bad.slice(0, NAMED),
    state: WORST_FIRST.find((state) => states.includes(state)) ?? null,
  };
}

export const cardsIn = (picture: Picture): number => picture.projects.length + picture.groups.length;

/** The dependencies that a refused one would close a cycle with, lit. `cycle` begins and ends with its upstream. */
export function withCycle(lines: readonly GraphLine[], cycle: readonly string[] | null): readonly GraphLine[] {
  if (!cycle) return lines;
  const steps = new Set(cycle.slice(1).map((name, i) => `${cycle[i]}\u0000${name}`));
  return lines.map((line) => (steps.has(`${line.from}\u0000${line.to}`) ? { ...line, critical: true } : line));
}

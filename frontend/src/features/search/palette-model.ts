/** What the palette offers for what is typed: first what this page knows by itself, below it, without moving that, what the server
 * found. */
import type { Action } from "@/lib/actions";
import type { Agent, JobSummary, Person, SearchResult } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { asState } from "@/lib/states";
import type { Visit } from "@/lib/visited";
import { groupsOf, type Hit } from "./search-model";

export interface Option {
  /** Unique in the list, and fit for an element's id. */
  key: string;
  title: string;
  subtitle: string;
  /** The shortcut that does the same. */
  keys?: string;
  state: Hit["state"];
  /** One of both. */
  to?: string;
  run?: () => void;
}

export interface OptionGroup {
  name: string;
  options: Option[];
}

export interface Known {
  actions: readonly Action[];
  places: readonly Place[];
  names: readonly string[];
  agents: readonly Pick<Agent, "id" | "name" | "state">[];
  /** The newest first. */
  visited: readonly Visit[];
}

export interface Place {
  text: string;
  to: string;
  keys?: string;
}

const FEW = 8;
const RECENT = 5;
const VISITED = "Visited";

/** How well a text fits: 0 begins so, 1 a word within begins so, 2 holds it, 3 its letters in this order, null not at all. */
export function rankOf(text: string, typed: string): number | null {
  const [whole, part] = [text.toLowerCase(), typed.toLowerCase()];
  const at = whole.indexOf(part);
  if (at === 0) return 0;
  if (at > 0) return /[^a-z0-9]/.test(whole[at - 1] ?? "") ? 1 : 2;
  let from = 0;
  for (const letter of part.replaceAll(" ", "")) {
    from = whole.indexOf(letter, from) + 1;
    if (from === 0) return null;
  }
  return 3;
}

function best<T>(items: readonly T[], textOf: (item: T) => string, typed: string, most: number, loosest = 2): T[] {
  if (!typed) return items.slice(0, most);
  return items
    .flatMap((item) => {
      const rank = rankOf(textOf(item), typed);
      return rank === null || rank > loosest ? [] : [{ item, rank }];
    })
    .sort((a, b) => a.rank - b.rank || textOf(a.item).length - textOf(b.item).length)
    .slice(0, most)
    .map(({ item }) => item);
}

/** Without asking anybody. After `>` only what can be done. */
export function localGroups(known: Known, typed: string): OptionGroup[] {
  const only = typed.startsWith(">");
  const wanted = only ? typed.slice(1).trim() : typed;
  const actions = best(known.actions, (action) => action.text, wanted, only ? 50 : FEW).map(optionOfAction);
  if (only) return filled([{ name: "Here", options: actions }]);
  const places = best(known.places, (place) => place.text, wanted, FEW).map(optionOfPlace);
  const names = wanted ? best(known.names, (name) => name, wanted, FEW, 3).map(optionOfName) : [];
  const projects = { name: "Projects", options: names };
  const agents = wanted ? best(known.agents, (agent) => agent.name, wanted, FEW).map(optionOfAgent) : [];
  const named = new Set(names.map((option) => option.to));
  const seen = known.visited.filter(({ to }) => !named.has(to));
  const visited = { name: VISITED, options: best(seen, (visit) => visit.text, wanted, RECENT).map(optionOfVisit) };
  if (!wanted) return filled([{ name: "Here", options: actions }, visited, { name: "Go to", options: places }]);
  return filled([
    projects,
    { name: "Go to", options: places },
    { name: "Here", options: actions },
    visited,
    { name: "Agents", options: agents },
  ]);
}

const SUB_ID = /^\d+(\.\d+)*$/;
const TREE = /^\/trees\/([^/]+)/;

/** A sub id that was pasted where a tree is open: its event. */
export function eventHere(typed: string, pathname: string): OptionGroup[] {
  const tree = TREE.exec(pathname)?.[1];
  if (!tree || !SUB_ID.test(typed)) return [];
  const to = paths.event(decodeURIComponent(tree), typed);
  return [{ name: "Pasted", options: [option("pasted-event", `Event ${typed} of this tree`, to)] }];
}

/** An address of this site that was pasted. It comes last: one of a run means the run's event first. */
export function pageHere(typed: string, origin: string): OptionGroup[] {
  if (!typed.startsWith(`${origin}/`)) return [];
  const to = typed.slice(origin.length);
  return [{ name: "Pasted", options: [option("pasted-page", "Open the page that was pasted", to, to)] }];
}

/** People whose name holds what was typed, for admins. */
export const peopleGroup = (people: readonly Person[], typed: string): OptionGroup[] =>
  filled([
    {
      name: "People",
      options: best(people, ({ name, full_name }) => `${name} ${full_name ?? ""}`, typed, FEW).map(
        ({ id, name, full_name }) => option(`person-${id}`, name, paths.adminUser(name), full_name ?? ""),
      ),
    },
  ]);

type FoundJob = Pick<JobSummary, "id" | "path" | "title"> & { recent: readonly { state: string }[] };

/** Jobs that the server found, with how their last builds ended. */
export const jobsGroup = (jobs: readonly FoundJob[], typed: string): OptionGroup[] =>
  filled([
    {
      name: "Jobs",
      options: best(jobs, ({ path, title }) => `${path} ${title}`, typed, FEW).map(({ id, path, title, recent }) => ({
        ...option(`job-${id}`, path, paths.job(path), title || "job"),
        state: recent[0] ? asState(recent[0].state) : null,
      })),
    },
  ]);

/** What was found by the server and is not among the projects that are shown already. */
export function foundGroups(found: SearchResult | undefined, shown: readonly OptionGroup[]): OptionGroup[] {
  if (!found) return [];
  const known = shown.filter(({ name }) => name !== VISITED); // what was visited is shown with its state as well
  const taken = new Set(known.flatMap((group) => group.options.map((option) => option.to)));
  return filled(
    groupsOf(found).map(({ name, hits }) => ({
      name: name === "Projects" ? "More projects" : name,
      options: hits.filter((hit) => !taken.has(hit.to)).map(optionOfHit),
    })),
  );
}

const COMMIT = /^[0-9a-f]{7,64}$/i;

/** The way on when the right thing was not found. */
export function searchAll(typed: string): OptionGroup {
  const commit = COMMIT.test(typed);
  const trees = commit ? paths.trees({ commit: typed }) : paths.trees({ branch: typed });
  const what = commit ? "trees of commit" : "trees of branch";
  return {
    name: "Everywhere",
    options: [
      {
        key: "all-projects",
        title: `All projects like “${typed}”`,
        subtitle: "",
        state: null,
        to: paths.projects(typed),
      },
      { key: "all-trees", title: `All ${what} “${typed}”`, subtitle: "", state: null, to: trees },
    ],
  };
}

const filled = (groups: OptionGroup[]) => groups.filter((group) => group.options.length > 0);

const optionOfAction = ({ id, text, keys, run }: Action): Option => ({
  key: `do-${id}`,
  title: text,
  subtitle: "",
  keys,
  state: null,
  run,
});

/** One that leads somewhere. */
const option = (key: string, title: string, to: string, subtitle = ""): Option => ({
  key,
  title,
  subtitle,
  state: null,
  to,
});

const optionOfAgent = ({ id, name, state }: Known["agents"][number]): Option =>
  option(`agent-${id}`, name, paths.agent(id), state);

const optionOfVisit = ({ to, text }: Visit, i: number): Option => option(`visit-${i}`, text, to);

const optionOfPlace = ({ text, to, keys }: Place, i: number): Option => ({
  key: `go-${i}-${text.replaceAll(/\W/g, "")}`,
  title: text,
  subtitle: "",
  keys,
  state: null,
  to,
});

const optionOfName = (name: string): Option => ({
  key: `project-${name.replaceAll(/[^\w-]/g, "_")}`,
  title: name,
  subtitle: "project",
  state: null,
  to: paths.project(name),
});

const optionOfHit = ({ key, title, subtitle, state, to }: Hit): Option => ({ key, title, subtitle, state, to });

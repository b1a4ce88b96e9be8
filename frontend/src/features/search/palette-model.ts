/** What the palette offers for what is typed: first what this page knows by itself, below it, without moving that, what the server
 * found. */
import type { Action } from "@/lib/actions";
import type { SearchResult } from "@/lib/api/types";
import { paths } from "@/lib/paths";
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
}

export interface Place {
  text: string;
  to: string;
  keys?: string;
}

const FEW = 8;

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
  const rest = [
    { name: "Go to", options: places },
    { name: "Here", options: actions },
  ];
  return filled(wanted ? [projects, ...rest] : [...rest].reverse());
}

/** What was found by the server and is not among the projects that are shown already. */
export function foundGroups(found: SearchResult | undefined, shown: readonly OptionGroup[]): OptionGroup[] {
  if (!found) return [];
  const taken = new Set(shown.flatMap((group) => group.options.map((option) => option.to)));
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

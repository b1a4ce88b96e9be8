/** Every address of the page is built here, so that a route is renamed in one place. */

const part = encodeURIComponent;

export type TreeView = "graph" | "table";
export type EventTab = "why" | "attempts" | "deliveries" | "inputs" | "result" | "history";

/** A success that is imagined: of which project, on which ref. */
export interface Wanted {
  project?: string;
  branch?: string;
  tag?: string;
  pipeline?: string;
}

export const paths = {
  home: () => "/",
  login: (next?: string) => (next && next !== "/" ? `/login?next=${part(next)}` : "/login"),
  setup: () => "/setup",
  trees: (filter: { project?: string; state?: string } = {}) => withQuery("/trees", filter),
  tree: (tree: string) => `/trees/${part(tree)}`,
  event: (tree: string, sub: string, tab: EventTab = "why") => `/trees/${part(tree)}/events/${part(sub)}/${tab}`,
  projects: (q?: string) => withQuery("/projects", { q }),
  newProject: () => "/projects/new",
  project: (project: string) => `/projects/${part(project)}`,
  projectSettings: (project: string) => `/projects/${part(project)}/settings`,
  projectCombos: (project: string, commit?: string) => withQuery(`/projects/${part(project)}/combos`, { commit }),
  connections: (project: string) => `/projects/${part(project)}/connections`,
  preview: (wanted: Wanted = {}) => withQuery("/preview", { ...wanted }),
  combos: (commit?: string) => withQuery("/combos", { commit }),
  combo: (combo: string) => `/combos/${part(combo)}`,
  compareCombos: (a: string, b: string) => withQuery("/combos/compare", { a, b }),
  comboLock: (combo: string, format: "json" | "dotenv") => `/api/v1/combos/${part(combo)}/lock?format=${format}`,
  builds: (project?: string) => withQuery("/builds", { project }),
  build: (build: string, step?: number, line?: number) =>
    withQuery(`/builds/${part(build)}`, { step: step?.toString() }) + (line ? `#L${line}` : ""),
  rawLog: (build: string, step: number) => `/api/v1/builds/${part(build)}/steps/${step}/log`,
  agents: () => "/agents",
};

function withQuery(path: string, query: Record<string, string | undefined>): string {
  const filled = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return filled.length ? `${path}?${new URLSearchParams(filled)}` : path;
}

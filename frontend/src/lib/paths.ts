/** Every address of the page is built here, so that a route is renamed in one place. */

const part = encodeURIComponent;

export type TreeView = "graph" | "timeline" | "table";
export type EventTab = "why" | "attempts" | "deliveries" | "inputs" | "result" | "log" | "history";

/** Of a run: what a job left, and where in it. */
export interface WorkspaceState {
  job?: string;
  path?: string;
}

export type SettingsSection =
  | "general"
  | "target"
  | "dependencies"
  | "tokens"
  | "trust"
  | "repository"
  | "secrets"
  | "members"
  | "notifications"
  | "webhooks"
  | "badge"
  | "danger";

export type JobTab = "builds" | "definition" | "triggers" | "settings";

export type AccountSection = "profile" | "tokens" | "sessions" | "notifications" | "chat" | "appearance";
export type AdminSection = "users" | "issuers" | "deliveries" | "system" | "audit" | "settings";

/** A success that is imagined: of which project, on which ref. */
export interface Wanted {
  project?: string;
  branch?: string;
  tag?: string;
  pipeline?: string;
}

export const paths = {
  home: (scope?: "mine" | "everything") => withQuery("/", { scope }),
  login: (next?: string) => (next && next !== "/" ? `/login?next=${part(next)}` : "/login"),
  setup: () => "/setup",
  signUp: () => "/signup",
  trees: (filter: { project?: string; state?: string; branch?: string; commit?: string } = {}) =>
    withQuery("/trees", filter),
  tree: (tree: string) => `/trees/${part(tree)}`,
  event: (tree: string, sub: string, tab: EventTab = "why") => `/trees/${part(tree)}/events/${part(sub)}/${tab}`,
  projects: (q?: string) => withQuery("/projects", { q }),
  newProject: () => "/projects/new",
  project: (project: string) => `/projects/${part(project)}`,
  projectSettings: (project: string, section: SettingsSection = "general") =>
    `/projects/${part(project)}/settings/${section}`,
  projectCombos: (project: string, commit?: string) => withQuery(`/projects/${part(project)}/combos`, { commit }),
  connections: (project: string) => `/projects/${part(project)}/connections`,
  graph: (focus?: string) => withQuery("/graph", { focus }),
  preview: (wanted: Wanted = {}) => withQuery("/preview", { ...wanted }),
  combos: (commit?: string) => withQuery("/combos", { commit }),
  combo: (combo: string) => `/combos/${part(combo)}`,
  compareCombos: (a: string, b: string) => withQuery("/combos/compare", { a, b }),
  comboLock: (combo: string, format: "json" | "dotenv") => `/api/v1/combos/${part(combo)}/lock?format=${format}`,
  builds: (project?: string, filter: { state?: string; branch?: string } = {}) =>
    withQuery("/builds", { project, ...filter }),
  build: (build: string, step?: number, line?: number) =>
    withQuery(`/builds/${part(build)}`, { step: step?.toString() }) + (line ? `#L${line}` : ""),
  /** A job of a workflow with routes, within its run's page. */
  buildJob: (build: string, job: string, step?: number) =>
    withQuery(`/builds/${part(build)}`, { job, step: step?.toString() }),
  compareBuild: (build: string) => `/builds/${part(build)}/compare`,
  /** The state that a job of a run left (the newest where none is named), and a folder of it. */
  workspace: (build: string, state: WorkspaceState = {}) => withQuery(`/builds/${part(build)}/workspace`, { ...state }),
  workspaceFile: (build: string, state: WorkspaceState) =>
    withQuery(`/api/v1/builds/${part(build)}/workspace/file`, { ...state }),
  workspaceArchive: (build: string, job?: string) =>
    withQuery(`/api/v1/builds/${part(build)}/workspace/archive`, { job }),
  wholeLog: (build: string, step?: number) =>
    withQuery(`/api/v1/builds/${part(build)}/log`, { step: step?.toString() }),
  /** A folder of jobs: the slash at its end tells it from a job of the same path. */
  jobs: (folder = "") => (folder ? `/jobs/${parts(folder)}/` : "/jobs"),
  job: (job: string, tab: JobTab = "builds") =>
    withQuery(`/jobs/${parts(job)}`, { tab: tab === "builds" ? undefined : tab }),
  /** A version of a job's definition. */
  jobVersion: (job: string, version: number) =>
    withQuery(`/jobs/${parts(job)}`, { tab: "definition", version: String(version) }),
  newJob: (folder?: string) => withQuery("/new-job", { folder }),
  help: (page?: string, anchor?: string) => `/help${page ? `/${part(page)}` : ""}${anchor ? `#${part(anchor)}` : ""}`,
  apiReference: (topic?: string | null, operation?: string) =>
    withQuery("/help/api-reference", { topic: topic ?? undefined }) + (operation ? `#${part(operation)}` : ""),
  agents: () => "/agents",
  agent: (agent: string) => `/agents/${part(agent)}`,
  me: (section: AccountSection = "profile") => `/me/${section}`,
  admin: (section?: AdminSection) => (section ? `/admin/${section}` : "/admin"),
  adminUser: (name: string) => withQuery("/admin/users", { q: name }),
  owners: () => "/owners",
  owner: (owner: string) => `/owners/${part(owner)}`,
};

/** The names of a path, each encoded by itself. */
const parts = (path: string): string => path.split("/").map(part).join("/");

function withQuery(path: string, query: Record<string, string | undefined>): string {
  const filled = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return filled.length ? `${path}?${new URLSearchParams(filled)}` : path;
}

/** Every page of the site, as the tests that look at all of them visit it. */
import type { APIRequestContext, Page } from "@playwright/test";

export interface Place {
  name: string;
  path: string;
  /** Brings the page to the state that is to be looked at. */
  settle(page: Page): Promise<unknown>;
}

const heading = (name: string | RegExp) => (page: Page) => page.getByRole("heading", { name, level: 1 }).waitFor();
const table = (name: string) => (page: Page) => page.getByRole("table", { name, exact: true }).waitFor();
const button = (name: string) => (page: Page) => page.getByRole("button", { name }).waitFor();
const region = (name: string) => (page: Page) => page.getByRole("region", { name, exact: true }).waitFor();
const picture = (text: RegExp) => (page: Page) => page.getByAltText(text).waitFor();
const form = (name: string) => (page: Page) => page.getByRole("form", { name }).waitFor();
/** A card of the graph, or on narrow screens its row. */
const inGraph = (name: string) => (page: Page) =>
  page
    .getByRole("link", { name: new RegExp(`^${name}(,|$)`) })
    .first()
    .waitFor();
const logSearch = async (page: Page) => {
  await page.getByRole("searchbox", { name: "Find in the log" }).fill("e");
  await page.getByRole("status").getByText(/of \d/).first().waitFor();
};
const card = (page: Page) => page.getByRole("link", { name: /^core, event 1/ }).waitFor();

export const WIDTHS = [1280, 390] as const;
export const SCHEMES = ["light", "dark"] as const;

interface Event {
  sub_id: string;
  project: { name: string };
  build_id: string | null;
}

async function fetched<T>(request: APIRequestContext, what: string): Promise<T> {
  const answer = await request.get(`/api/v1/${what}`);
  if (!answer.ok()) throw new Error(`${what}: ${answer.status()}`);
  return answer.json();
}

/** As the page itself writes: with the session's own token. */
async function post(request: APIRequestContext, what: string, data: unknown): Promise<void> {
  const me = await request.get("/api/v1/me");
  const headers = { "X-CSRF-Token": (await me.json()).csrf_token, Origin: new URL(me.url()).origin };
  const made = await request.post(`/api/v1/${what}`, { headers, data });
  if (!made.ok()) throw new Error(`${what}: ${made.status()} ${await made.text()}`);
}

/** A group to look at: made where there is none. */
async function group(request: APIRequestContext): Promise<string> {
  const { items } = await fetched<{ items: { name: string }[] }>(request, "owners");
  if (items[0]) return items[0].name;
  const name = "team-web";
  await post(request, "owners", { name, contact: "#web-ci" });
  return name;
}

const GREET = `title: Greet
parameters:
  - {title: NAME, required: true, default: World}
stages:
  - title: greet
    steps:
      - {title: say it, command: 'echo "Hello, $NAME"'}
`;

/** A job in a folder, with a build and a schedule: made where there is none. */
async function job(request: APIRequestContext): Promise<string> {
  const path = "tools/hello";
  const { items } = await fetched<{ items: unknown[] }>(request, `jobs?q=${path}`);
  if (items.length) return path;
  await post(request, "jobs", { path, title: "Greets people", definition: { format: "job", text: GREET } });
  await post(request, `jobs/${path}/triggers`, { kind: "schedule", cron: "30 3 * * 1-5", zone: "Europe/Berlin" });
  await post(request, `jobs/${path}/builds`, {});
  return path;
}

/** The pages that need somebody to be signed in; the tree is the newest that failed. */
export async function places(request: APIRequestContext): Promise<Place[]> {
  const hello = await job(request);
  const trees = await fetched<{ items: { id: string }[] }>(request, "trees?state=failed");
  const tree = trees.items[0]?.id ?? "";
  const { events } = await fetched<{ events: Event[] }>(request, `trees/${tree}`);
  const named = (name: string) => events.find((event) => event.project.name === name);
  const build = named("ui")?.build_id ?? "";
  const event = `/trees/${tree}/events/${named("app")?.sub_id}`;
  const combos = await fetched<{ items: { id: string }[] }>(request, "combos?project=core&limit=2");
  const agents = await fetched<{ items: { id: string }[] }>(request, "agents");
  const [newer = "", older = ""] = combos.items.map((combo) => encodeURIComponent(combo.id));
  return [
    { name: "home", path: "/", settle: (page) => page.getByRole("table", { name: "Recent trees" }).waitFor() },
    { name: "projects", path: "/projects", settle: (page) => page.getByRole("link", { name: "nightly" }).waitFor() },
    {
      name: "project",
      path: "/projects/app",
      settle: (page) => page.getByRole("table", { name: "Last builds" }).waitFor(),
    },
    { name: "settings-general", path: "/projects/app/settings/general", settle: form("General") },
    { name: "settings-target", path: "/projects/app/settings/target", settle: form("What runs its pipeline") },
    { name: "settings-dependencies", path: "/projects/app/settings/dependencies", settle: table("Dependencies") },
    { name: "settings-tokens", path: "/projects/app/settings/tokens", settle: region("Tokens") },
    { name: "settings-repository", path: "/projects/app/settings/repository", settle: region("Repository access") },
    { name: "settings-secrets", path: "/projects/app/settings/secrets", settle: button("Add a secret") },
    { name: "settings-trust", path: "/projects/app/settings/trust", settle: button("Add a rule") },
    { name: "settings-webhooks", path: "/projects/app/settings/webhooks", settle: button("Add a webhook") },
    { name: "settings-notifications", path: "/projects/app/settings/notifications", settle: button("Add a rule") },
    { name: "settings-badge", path: "/projects/app/settings/badge", settle: picture(/^Badge of app/) },
    { name: "settings-members", path: "/projects/app/settings/members", settle: table("Members") },
    { name: "settings-danger", path: "/projects/app/settings/danger", settle: heading("Settings of app") },
    { name: "connections", path: "/projects/core/connections", settle: table("Events in order") },
    { name: "preview", path: "/preview?project=core&branch=main", settle: table("Events in order") },
    { name: "combos", path: "/projects/core/combos", settle: table("Combos") },
    { name: "combo", path: `/combos/${newer}`, settle: heading("Combo of core") },
    { name: "combos-compare", path: `/combos/compare?a=${older}&b=${newer}`, settle: table("Changed projects") },
    { name: "new-project", path: "/projects/new", settle: heading("Connect a project") },
    { name: "trees", path: "/trees", settle: (page) => page.getByRole("table", { name: "Event trees" }).waitFor() },
    { name: "tree-graph", path: `/trees/${tree}?view=graph`, settle: card },
    {
      name: "tree-timeline",
      path: `/trees/${tree}?view=timeline`,
      settle: (page) => page.locator("[data-row]").first().waitFor(),
    },
    { name: "tree-table", path: `/trees/${tree}?view=table`, settle: (page) => page.getByRole("treegrid").waitFor() },
    { name: "tree-drawer", path: `${event}/why?view=graph`, settle: drawer("code") },
    {
      name: "tree-drawer-inputs",
      path: `/trees/${tree}/events/${named("net")?.sub_id}/inputs?view=table`,
      settle: drawer("section"),
    },
    {
      name: "tree-drawer-log",
      path: `/trees/${tree}/events/${named("ui")?.sub_id}/log?view=table`,
      settle: (page) => page.getByRole("log").getByText("a card looks as it was approved").first().waitFor(),
    },
    {
      name: "tree-drawer-history",
      path: `/trees/${tree}/events/${named("ui")?.sub_id}/history?view=table`,
      settle: (page) => page.getByRole("heading", { name: "Last events of ui" }).waitFor(),
    },
    {
      name: "tree-drawer-attempts",
      path: `/trees/${tree}/events/${named("ui")?.sub_id}/attempts?view=graph&crit=1`,
      settle: drawer("ol li"),
    },
    { name: "builds", path: "/builds", settle: (page) => page.getByRole("table").first().waitFor() },
    {
      name: "build",
      path: `/builds/${build}`,
      settle: (page) => page.getByRole("log").getByText(/\w/).first().waitFor(),
    },
    {
      name: "build-compare",
      path: `/builds/${build}/compare`,
      settle: (page) =>
        page
          .getByText(/Steps that differ|as before/)
          .first()
          .waitFor(),
    },
    {
      name: "build-workspace",
      path: `/builds/${build}/workspace`,
      settle: (page) => page.getByRole("heading", { name: "This build has no workspace of a run" }).waitFor(),
    },
    {
      name: "run-form",
      path: "/projects/ui",
      settle: async (page) => {
        const dialog = page.getByRole("dialog", { name: "Run ui" });
        if (!(await dialog.isVisible())) await page.getByRole("button", { name: "Run…" }).click();
        await dialog.getByRole("button", { name: "Add a parameter" }).waitFor();
        await dialog.getByText("Reads what it asks for").waitFor({ state: "detached" });
      },
    },
    {
      name: "builds-none",
      path: "/builds?branch=nowhere",
      settle: (page) => page.getByText("No build is like that").waitFor(),
    },
    { name: "log-search", path: `/builds/${build}`, settle: logSearch },
    { name: "graph", path: "/graph?focus=app", settle: inGraph("core") },
    {
      name: "graph-groups",
      path: "/graph?group=ci",
      settle: (page) => page.getByRole("main").getByRole("link").first().waitFor(),
    },
    { name: "graph-table", path: "/graph?group=none&view=table", settle: table("Projects of the graph") },
    { name: "agent", path: `/agents/${agents.items[0]?.id}`, settle: table("Last builds") },
    { name: "agents", path: "/agents", settle: (page) => page.getByText("local").first().waitFor() },
    { name: "help", path: "/help", settle: heading("DominoCI, for its users") },
    { name: "help-page", path: "/help/troubleshooting", settle: heading("Troubleshooting") },
    {
      name: "api-reference",
      path: "/help/api-reference",
      settle: (page) =>
        page
          .getByRole("link", { name: /^POST .*events/ })
          .first()
          .waitFor(),
    },
    {
      name: "api-reference-topic",
      path: "/help/api-reference?topic=reports",
      settle: (page) => page.getByRole("heading", { name: /POST .*events/ }).waitFor(),
    },
    { name: "account-profile", path: "/me/profile", settle: form("Profile") },
    { name: "account-tokens", path: "/me/tokens", settle: form("New token") },
    { name: "account-sessions", path: "/me/sessions", settle: table("Sessions") },
    { name: "account-notifications", path: "/me/notifications", settle: button("Add a rule") },
    { name: "account-chat", path: "/me/chat", settle: region("Chat accounts") },
    { name: "account-appearance", path: "/me/appearance", settle: form("Appearance") },
    { name: "admin-users", path: "/admin/users", settle: table("Users") },
    { name: "admin-issuers", path: "/admin/issuers", settle: form("List an issuer") },
    { name: "admin-deliveries", path: "/admin/deliveries", settle: heading("Administration") },
    { name: "admin-system", path: "/admin/system", settle: (page) => page.getByText("Scheduler last seen").waitFor() },
    { name: "admin-audit", path: "/admin/audit", settle: table("Audit log") },
    { name: "admin-settings", path: "/admin/settings", settle: table("Settings in force") },
    { name: "folder", path: "/jobs/tools/", settle: table("Folders and jobs") },
    { name: "job", path: `/jobs/${hello}`, settle: table("Builds") },
    { name: "job-definition", path: `/jobs/${hello}?tab=definition`, settle: table("Versions") },
    {
      name: "job-triggers",
      path: `/jobs/${hello}?tab=triggers`,
      settle: (page) => page.getByRole("list", { name: "Triggers" }).waitFor(),
    },
    { name: "job-settings", path: `/jobs/${hello}?tab=settings`, settle: form("What it builds") },
    { name: "new-job", path: "/new-job", settle: form("New job") },
    { name: "owners", path: "/owners", settle: heading("Owners") },
    { name: "owner", path: `/owners/${await group(request)}`, settle: form("Settings of the group") },
    { name: "password", path: "/setup", settle: heading(/Change your password|Welcome/) },
    { name: "not-found", path: "/nowhere", settle: heading(/./) },
  ];
}

/** What somebody sees who is not signed in. */
export const DOORS: readonly Place[] = [
  { name: "login", path: "/login", settle: heading("Sign in") },
  { name: "signup", path: "/signup", settle: heading("Create your account") },
];

const drawer = (inside: string) => (page: Page) =>
  page
    .getByRole("complementary", { name: /^Event / })
    .locator(inside)
    .first()
    .waitFor();

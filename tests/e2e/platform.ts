/** A graph whose projects run elsewhere, and that comes to nothing in every way there is: for the pages that say why. */
import type { OtherCi } from "./other-ci";

/** Asks the API as the admin; throws what it refuses. */
export type Ask = <T>(method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: unknown) => Promise<T>;

export function asking(url: string, token: string): Ask {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json", Connection: "close" };
  return async (method, path, body) => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers,
      body: body ? JSON.stringify(body) : undefined,
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.status === 204 ? undefined : answer.json();
  };
}

interface Plan {
  /** Upstream projects; the globs that the branch must match, where there are any. */
  after?: [upstream: string, branches?: string[]][];
  /** How often it runs: once after all of them, unless said. */
  join?: "all" | "each";
  /** Runs in a Jenkins. */
  jenkins?: boolean;
  finish_deadline_s?: number;
}

/** Makes the projects of a plan, those with nothing before them first, and what they depend on. */
export async function connect(ask: Ask, ci: OtherCi, plan: Record<string, Plan>): Promise<void> {
  for (const [name, { after = [], join = "all", jenkins = false, ...deadlines }] of Object.entries(plan)) {
    const repository_url = `https://git.example/${name}.git`;
    await ask("POST", "/projects", {
      name,
      repository_url,
      target: jenkins ? ci.jenkins(name) : ci.target(name),
      accept_event_token: true,
      ...deadlines,
    });
    for (const [upstream, include] of after)
      await ask("POST", `/projects/${name}/dependencies`, {
        upstream,
        join,
        ...(include ? { filters: { branches: { include } } } : {}),
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the arbiter fills it in
        parameters: { UPSTREAM_COMMIT: "${parent.commit}" },
      });
  }
}

/** A success of a project on main; answers its tree. */
export async function report(ask: Ask, url: string, project: string, message: string): Promise<string> {
  const { token } = await ask<{ token: string }>("POST", `/projects/${project}/tokens`, { name: "ci" });
  const commit = Buffer.from(message.padEnd(20).slice(0, 20)).toString("hex");
  const metadata = { branch: "main", pipeline: "build", commit, message };
  const opened = await asking(url, token)<{ tree_id: string }>("POST", "/events", { status: "SUCCESS", metadata });
  return opened.tree_id;
}

/** `platform` and what depends on it. */
export const PLATFORM: Record<string, Plan> = {
  platform: {},
  parser: { after: [["platform"]] },
  renderer: { after: [["platform"]] },
  billing: { after: [["platform"]] },
  search: { after: [["platform"]], finish_deadline_s: 2 },
  "release-notes": { after: [["platform", ["release/*"]]] },
  web: { after: [["parser"], ["renderer"]] },
  invoices: { after: [["billing"]] },
  handbook: { after: [["parser"], ["release-notes"]] },
  shop: { after: [["web"], ["search"]] },
};

interface Event {
  sub_id: string;
  state: string;
  attempt: number;
  project: { name: string };
}

export async function eventOf(ask: Ask, tree: string, project: string): Promise<Event> {
  const { events } = await ask<{ events: Event[] }>("GET", `/trees/${tree}`);
  const found = events.find((event) => event.project.name === project);
  if (!found) throw new Error(`${project} is not in the tree`);
  return found;
}

import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import type { Home, Need } from "@/lib/api/types";
import { project } from "@/testing/builders";
import { fakeApi } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { HomePage } from "./home-page";

const need = (more: Partial<Need> = {}): Need => ({
  tree_id: "t1",
  sub_id: "1.1.1",
  attempt: 1,
  project: { id: "a", name: "app-web" },
  state: "failed",
  at: "2026-11-21T10:00:00.000Z",
  root: {
    project: { id: "c", name: "lib-core" },
    commit: "9fceb02d0ae5",
    branch: "main",
    tag: null,
    message: "Fix it",
  },
  reason: { code: "reported", params: {}, text: "exit code 2" },
  target: "agent",
  blocks: 6,
  build_id: "b1",
  run_url: null,
  may_run: true,
  ...more,
});
const home = (more: Partial<Home> = {}): Home => ({
  scope: "mine",
  own_projects: 2,
  needs_you: [],
  total: 0,
  queues: null,
  ...more,
});
const EMPTY = { items: [], next_cursor: null };

// the whole page, with all that it asks for
vi.setConfig({ testTimeout: 20_000 });

beforeEach(() => {
  vi.unstubAllGlobals();
  localStorage.clear();
});

function open(reply: Home, more: Record<string, unknown> = {}, path = "/?scope=mine") {
  const asked = fakeApi({
    "/api/v1/projects": { items: [project()], next_cursor: null },
    "/api/v1/home": reply,
    "/api/v1/trees": EMPTY,
    "/api/v1/builds": EMPTY,
    "/api/v1/agents": EMPTY,
    "/api/v1/overdue": { ...EMPTY, total: 0, cut: false },
    "/api/v1/demo": { loaded: false },
    ...more,
  });
  renderAt(path, "/", <HomePage />);
  return asked;
}

it("says what went wrong, why, what it blocks, and runs it again", async () => {
  const asked = open(home({ needs_you: [need()], total: 3 }), { "POST /api/v1/trees/t1/events/1.1.1/rerun": {} });
  const list = within(await screen.findByRole("list", { name: "Needs you" }));
  expect(list.getByText(/failed in/).textContent).toContain("app-web 1.1.1 failed in lib-core 9fceb02 · blocks 6");
  expect(list.getByText("exit code 2")).toBeTruthy();
  expect(list.getByText("2 more are older.")).toBeTruthy();
  expect(list.getByRole("link", { name: /^Open the log/ }).getAttribute("href")).toBe("/builds/b1");
  await userEvent.click(list.getByRole("button", { name: /^Rerun/ }));
  expect(asked.find((one) => one.method === "POST")?.body).toEqual({ downstream: false });
});

it("offers to send again and to mend the target, but only to those who may", async () => {
  const lost = need({ state: "undeliverable", build_id: null });
  open(home({ needs_you: [lost, need({ sub_id: "1.2", may_run: false })], total: 2 }));
  const [first, second] = within(await screen.findByRole("list", { name: "Needs you" })).getAllByRole("listitem");
  expect(within(first as HTMLElement).getByRole("button", { name: /^Redeliver/ })).toBeTruthy();
  const fix = within(first as HTMLElement).getByRole("link", { name: /^Fix the target/ });
  expect(fix.getAttribute("href")).toBe("/projects/app-web/settings/target");
  expect(within(second as HTMLElement).queryByRole("button", { name: /^Re(run|deliver)/ })).toBeNull();
});

it("forgets what is dismissed, but not the next attempt", async () => {
  open(home({ needs_you: [need()], total: 1 }));
  await userEvent.click(await screen.findByRole("button", { name: "Dismiss all" }));
  expect(screen.getByText(/^All dismissed/)).toBeTruthy();
  document.body.replaceChildren();
  open(home({ needs_you: [need({ attempt: 2 })], total: 1 }));
  expect(await screen.findByRole("button", { name: /^Rerun/ })).toBeTruthy();
});

it("shows everything to whom nothing is theirs, unless they ask for mine", async () => {
  const asked = open(home({ own_projects: 0 }), {}, "/");
  const scopes = () => asked.filter((one) => one.path.startsWith("/api/v1/home")).map((one) => one.path.slice(19));
  await waitFor(() => expect(scopes()).toEqual(["mine", "everything"]));
});

it("begins with what can be done where there is no project", async () => {
  open(home(), { "/api/v1/projects": EMPTY });
  expect(await screen.findByRole("heading", { name: "See it fall" })).toBeTruthy();
  expect(screen.getByRole("link", { name: "Connect a project" })).toBeTruthy();
});

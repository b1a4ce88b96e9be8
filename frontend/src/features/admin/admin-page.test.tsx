import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import type { FailedDelivery, System, User } from "@/lib/api/types";
import { fakeApi, problem } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { AdminPage } from "./admin-page";

const AT = "2026-11-21T10:00:00.000Z";
const me = (is_admin: boolean) => ({
  user: { id: "me", name: "admin", is_admin, has_password: true },
  csrf_token: "",
  version: "1",
});
const page = (...items: unknown[]) => ({ items, next_cursor: null });

const user = (more: Partial<User> = {}): User => ({
  id: "u1",
  name: "ada",
  full_name: "Ada Lovelace",
  email: "ada@example.org",
  is_admin: false,
  has_password: true,
  identities: [{ provider: "github", name: "ada-l" }],
  sessions: 2,
  created_at: AT,
  last_seen_at: null,
  disabled_at: null,
  ...more,
});

const dead = (id: string, project: string): FailedDelivery => ({
  id,
  state: "dead",
  kind: "trigger",
  project: { id: project, name: project },
  tree_id: "t",
  sub_id: "1.1",
  attempt: 1,
  root: { project: { id: "core", name: "core" }, commit: "9fceb02d0ae5" },
  target: "webhook",
  tries: 10,
  reading: "Refused with 403.",
  url: "https://ci.test/hook",
  status: 403,
  last_try_at: AT,
  next_try_at: null,
  given_up_at: AT,
  created_at: AT,
});

const system = (more: Partial<System> = {}): System => ({
  version: "0.1.0",
  outbox: {
    pending: 0,
    leased: 0,
    dead: 0,
    oldest_due_at: null,
    oldest_due_s: null,
    lapsed_leases: 0,
    last_lease_at: null,
  },
  builds: {},
  scheduler: { last_seen_at: AT, silent: false, timers: [] },
  last_send_at: null,
  database: { kind: "SQLite", version: "3.40", revision: "0003" },
  redis: { up: true, text: "up" },
  disk: { path: "/data", total: 100e9, free: 50e9 },
  ...more,
});

beforeEach(() => {
  vi.unstubAllGlobals();
});

function open(address: string, replies: Record<string, unknown>, admin = true) {
  const asked = fakeApi({ "/api/v1/session": { me: me(admin) }, ...replies });
  const view = renderAt(`/admin/${address}`, "/admin/:section?", <AdminPage />);
  return { ...view, asked, writes: () => asked.filter(({ method }) => method !== "GET") };
}

it("does not exist for who is no admin", async () => {
  const { asked } = open("users", {}, false);
  expect(await screen.findByText(/Does not exist/)).toBeTruthy();
  expect(asked.every(({ path }) => path === "/api/v1/session")).toBe(true);
});

it("says before an account is switched off what ends with it", async () => {
  const { writes } = open("users", { "GET /api/v1/users": page(user()), "PATCH /api/v1/users/u1": user() });
  await userEvent.click(await screen.findByRole("button", { name: "Switch off… (ada)" }));
  const dialog = await screen.findByRole("dialog", { name: "Switch off the account of ada?" });
  expect(dialog.textContent).toContain("2 sessions and all tokens");
  await userEvent.click(within(dialog).getByRole("button", { name: "Switch off" }));
  await waitFor(() => expect(writes()[0]?.body).toEqual({ disabled: true }));
});

it("tells why the last admin stays one, in the dialog", async () => {
  const refuse = () =>
    problem(409, { title: "Conflict", detail: "This is the last admin: make somebody else one first." });
  const admin = user({ id: "me", name: "admin", is_admin: true });
  open("users", { "GET /api/v1/users": page(admin), "PATCH /api/v1/users/me": refuse });
  await userEvent.click(await screen.findByRole("button", { name: "Take admin… (admin)" }));
  expect(await screen.findByText("This is you.")).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Take admin rights" }));
  expect(await screen.findByText(/last admin/)).toBeTruthy();
});

it("looks for people as one types, by the address", async () => {
  const { asked, router } = open("users", { "/api/v1/users": page(user()) });
  expect(await screen.findByText("github as ada-l, password")).toBeTruthy();
  await userEvent.type(screen.getByRole("searchbox", { name: "Find a user" }), "ad");
  await waitFor(() => expect(asked.some(({ path }) => path.includes("q=ad"))).toBe(true));
  expect(router.state.location.search).toBe("?q=ad");
});

it("sends again what was chosen, and says what came of it", async () => {
  const told = { count: 1, refused: [], text: "1 delivery is sent again" };
  const { writes } = open("deliveries", {
    "GET /api/v1/deliveries": page(dead("d1", "billing"), dead("d2", "search")),
    "POST /api/v1/deliveries/redeliver": told,
  });
  const button = await screen.findByRole<HTMLButtonElement>("button", { name: "Redeliver" });
  expect(button.disabled).toBe(true);
  await userEvent.click(screen.getByRole("checkbox", { name: "All of them" }));
  await userEvent.click(screen.getByRole("checkbox", { name: /billing/ }));
  await userEvent.click(screen.getByRole("button", { name: "Redeliver 1" }));
  expect(await screen.findByText("1 delivery is sent again")).toBeTruthy();
  expect(writes()[0]?.body).toEqual({ ids: ["d2"] });
  expect(screen.getByRole("link", { name: /search 1.1/ }).getAttribute("href")).toBe("/trees/t/events/1.1/deliveries");
});

it("says in words what an admin should look at", async () => {
  open("system", {
    "/api/v1/system": system({
      redis: { up: false, text: "down: nothing is lost, work is slower" },
      disk: { path: "/data", total: 100e9, free: 5e9 },
      outbox: { ...system().outbox, pending: 3, oldest_due_at: AT, oldest_due_s: 300 },
    }),
  });
  expect(await screen.findByText(/down: nothing is lost/)).toBeTruthy();
  expect(screen.getByText(/5m 00s: nobody sends/)).toBeTruthy();
  expect(screen.getByText(/5.0 GB of 100.0 GB free/).textContent).toContain("⚠");
});

it("never shows a secret setting, only that it is set", async () => {
  const setting = { meaning: "m", default: "", is_set: true, source: "environment" };
  open("settings", {
    "/api/v1/system/settings": page(
      { ...setting, name: "DATABASE_URL", secret: true, value: null },
      { ...setting, name: "DOMINOCI_PORT", secret: false, value: "8102" },
    ),
  });
  expect(await screen.findByText("set, not shown")).toBeTruthy();
  expect(screen.getByText("8102")).toBeTruthy();
});

it("filters the log by what a row is about, in the address", async () => {
  const row = {
    id: "a",
    at: AT,
    actor: { kind: "user", id: "me", name: "admin" },
    action: "project.changed",
    text: "admin changed project core: default_branch",
    object: { kind: "project", id: "p1", name: "core" },
    before: { default_branch: "main" },
    after: { default_branch: "trunk" },
    address: "192.0.2.7",
  };
  const { asked, router } = open("audit", { "/api/v1/audit": page(row) });
  expect(await screen.findByText("trunk", { exact: false })).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "All that was done to project core" }));
  await waitFor(() => expect(asked.at(-1)?.path).toContain("object=p1"));
  expect(router.state.location.search).toBe("?object=p1");
  expect(screen.getByRole("link", { name: "Export CSV" }).getAttribute("href")).toBe(
    "/api/v1/audit?object=p1&format=csv",
  );
});

import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import type { Dependency, Token } from "@/lib/api/types";
import { standing } from "@/lib/token-life";
import { numbers, project } from "@/testing/builders";
import { fakeApi, problem } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { SettingsPage } from "./settings-page";

const PATH = "/api/v1/projects/core";
// whole forms, typed in letter by letter: that takes its time on a busy machine
vi.setConfig({ testTimeout: 30_000 });

beforeEach(() => {
  vi.unstubAllGlobals();
});

async function open(section: string, replies: Record<string, unknown> = {}, of = project()) {
  const asked = fakeApi({
    [`GET ${PATH}`]: of,
    [`PATCH ${PATH}`]: of,
    [`${PATH}/numbers`]: numbers({ runs: { ...numbers().runs, run_p90_s: 320 } }),
    [`${PATH}/tokens`]: { items: [], next_cursor: null },
    [`${PATH}/dependencies`]: { upstream: [], downstream: [] },
    [`${PATH}/graph`]: { nodes: [], edges: [] },
    [`${PATH}/consents`]: { items: [], next_cursor: null },
    "/api/v1/owners": { items: [{ id: "o", name: "team-net", role: "owner" }], next_cursor: null },
    "/api/v1/projects": { items: [project({ id: "n", name: "net" })], next_cursor: null },
    ...replies,
  });
  const view = renderAt(
    `/projects/core/settings/${section}`,
    "/projects/:project/settings/:section?",
    <SettingsPage />,
  );
  const form = async (name: string) => within(await screen.findByRole("form", { name }));
  return { ...view, asked, form, sent: (method = "PATCH") => asked.find((one) => one.method === method)?.body };
}

const button = (name: string | RegExp) => screen.findByRole("button", { name });

it("has an address for each section, and none for what is not one", async () => {
  const { router } = await open("");
  expect(await screen.findByRole("form", { name: "General" })).toBeTruthy();
  expect(router.state.location.pathname).toBe("/projects/core/settings/general");
  await userEvent.click(screen.getByRole("link", { name: "Tokens" }));
  expect(await screen.findByText("No token yet")).toBeTruthy();
  await router.navigate("/projects/core/settings/nonsense");
  expect(await screen.findByText(/Does not exist, or you may not see it/)).toBeTruthy();
});

it("saves what was changed, with durations as they are typed, and shows the bar only until then", async () => {
  const { form, sent } = await open("general");
  const general = await form("General");
  expect(general.queryByRole("button", { name: "Save" })).toBeNull();
  await userEvent.click(general.getByRole("radio", { name: /^Supersede/ }));
  await userEvent.click(general.getByRole("checkbox", { name: /^Enabled/ }));
  const ends = general.getByRole("textbox", { name: "Ends within" });
  await userEvent.clear(ends);
  await userEvent.type(ends, "1h 30m");
  await userEvent.click(await general.findByRole("button", { name: "Save" }));
  expect(await general.findByText("✓ Saved")).toBeTruthy();
  expect(general.queryByRole("button", { name: "Save" })).toBeNull();
  expect(sent()).toMatchObject({ on_new_event: "supersede", enabled: false, finish_deadline_s: 5400, contact: null });
});

it("forgets what is discarded, and what is typed back is not a change", async () => {
  const { form } = await open("general");
  const general = await form("General");
  const contact = () => general.getByRole<HTMLInputElement>("textbox", { name: "Contact" });
  await userEvent.type(contact(), "ada");
  await userEvent.click(await general.findByRole("button", { name: "Discard" }));
  expect(contact().value).toBe("");
  await userEvent.type(contact(), "x");
  await general.findByText("Not saved yet");
  await userEvent.clear(contact());
  await vi.waitFor(() => expect(general.queryByText("Not saved yet")).toBeNull());
});

it("asks before what is not saved is left", async () => {
  const { form, router } = await open("general");
  const general = await form("General");
  await userEvent.type(general.getByRole("textbox", { name: "Contact" }), "ada");
  await general.findByText("Not saved yet");
  await userEvent.click(screen.getByRole("link", { name: "Tokens" }));
  expect(await screen.findByText("Leave without saving?")).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Stay" }));
  expect(router.state.location.pathname).toBe("/projects/core/settings/general");
  await userEvent.click(screen.getByRole("link", { name: "Tokens" }));
  await userEvent.click(await button("Leave, and lose it"));
  expect(router.state.location.pathname).toBe("/projects/core/settings/tokens");
});

it("says beside a deadline what the p90 is, and sends nothing that it cannot read", async () => {
  const { form, sent } = await open("general");
  const general = await form("General");
  expect(await general.findByText("Your p90 is 5m 20s.")).toBeTruthy();
  const ends = general.getByRole("textbox", { name: "Ends within" });
  await userEvent.clear(ends);
  await userEvent.type(ends, "1m");
  expect(general.getByText(/more than one run in ten would be cut off/)).toBeTruthy();
  await userEvent.type(ends, " or so");
  await userEvent.click(await general.findByRole("button", { name: "Save" }));
  expect(general.getByText("Write it like 45m or 1h 30m.")).toBeTruthy();
  expect(sent()).toBeUndefined();
});

it("keeps what was typed when it is refused, and says why beside the field", async () => {
  const refusal = () => problem(409, { title: "Conflict", detail: "x", errors: { name: ["is taken"] } });
  const { form } = await open("general", { [`PATCH ${PATH}`]: refusal });
  const general = await form("General");
  const name = general.getByRole<HTMLInputElement>("textbox", { name: /^Name/ });
  await userEvent.clear(name);
  await userEvent.type(name, "net");
  await userEvent.click(await general.findByRole("button", { name: "Save" }));
  expect(await general.findByText("is taken")).toBeTruthy();
  expect(name.value).toBe("net");
  expect(document.activeElement).toBe(name);
  expect(general.queryByRole("alert")).toBeNull();
});

const token = (more: Partial<Token> = {}): Token => ({
  id: "t1",
  name: "jenkins",
  prefix: "dcp_old",
  scope: "report",
  created_at: "2026-11-01T10:00:00.000Z",
  expires_at: null,
  last_used_at: null,
  revoked_at: null,
  replaced_by: null,
  ...more,
});

it("rotates a token: shows the new one once, beside the old one with the overlap that is left", async () => {
  const soon = new Date(Date.now() + 24 * 3_600_000 - 1000).toISOString();
  let rotated = false;
  const made = { ...token({ id: "t2", prefix: "dcp_new" }), token: "dcp_new_secret" };
  const { sent } = await open("tokens", {
    [`GET ${PATH}/tokens`]: () => {
      const old = token(rotated ? { replaced_by: "t2", expires_at: soon } : {});
      return Response.json({ items: rotated ? [made, old] : [old], next_cursor: null });
    },
    [`POST ${PATH}/tokens/t1/rotate`]: () => {
      rotated = true;
      return Response.json(made, { status: 201 });
    },
  });
  await userEvent.click(await button("Rotate…"));
  await userEvent.click(await button("Rotate"));
  const dialog = within(await screen.findByRole("dialog"));
  expect(await dialog.findByText("dcp_new_secret")).toBeTruthy();
  expect(await dialog.findByText(/^ends in 23h 59m$/)).toBeTruthy();
  expect(sent("POST")).toEqual({ overlap_hours: 24 });
  await userEvent.click(await button("I have copied it"));
  expect(await screen.findByText(/replaced by dcp_new…/)).toBeTruthy();
  expect(screen.queryByText("dcp_new_secret")).toBeNull();
});

it("names the last use of a token that is revoked", async () => {
  await open("tokens", { [`GET ${PATH}/tokens`]: { items: [token()], next_cursor: null } });
  await userEvent.click(await button("Revoke…"));
  expect((await screen.findByRole("dialog")).textContent).toContain("was never used");
});

it("knows how a token stands", () => {
  const now = Date.parse("2026-11-21T10:00:00.000Z");
  expect(standing(token({ revoked_at: "2026-11-20T10:00:00.000Z" }), now)).toEqual({ good: false, text: "revoked" });
  expect(standing(token({ expires_at: "2026-11-21T09:59:59.000Z" }), now)).toEqual({ good: false, text: "ended" });
  expect(standing(token(), now)).toEqual({ good: true, text: "does not end" });
});

const edge = (upstream: string, downstream: string): Dependency => ({
  id: `${upstream}-${downstream}`,
  upstream: { id: upstream, name: upstream },
  downstream: { id: downstream, name: downstream },
  join: "all",
  enabled: true,
  filters: {
    branches: { include: ["main"], exclude: [] },
    tags: { include: [], exclude: [] },
    pipelines: { include: [], exclude: [] },
  },
  ref: { use: "default", value: null },
  parameters: {},
  created_at: "2026-11-21T10:00:00.000Z",
});

it("says while a dependency is typed how often it would have triggered, and shows the path of a cycle", async () => {
  const cycle = ["net", "core", "net"];
  const { asked } = await open("dependencies", {
    [`POST ${PATH}/dependencies/check`]: { reports: 20, would_trigger: 14 },
    [`POST ${PATH}/dependencies`]: () => problem(409, { title: "Conflict", detail: "x", cycle }),
  });
  await userEvent.click(await button("Add a dependency"));
  const dialog = within(await screen.findByRole("dialog"));
  await userEvent.type(dialog.getByRole("combobox", { name: /^Upstream project/ }), "net");
  await userEvent.type(dialog.getByRole("textbox", { name: "Only branches" }), "main");
  expect(await dialog.findByText(/Of the last 20 reports of net, 14 would have triggered/)).toBeTruthy();
  const checks = () => asked.filter((one) => one.path.endsWith("/check")).map((one) => one.body);
  await vi.waitFor(() =>
    expect(checks().at(-1)).toMatchObject({ upstream: "net", filters: { branches: { include: ["main"] } } }),
  );
  await userEvent.click(dialog.getByRole("button", { name: "Add" }));
  const path = within(await dialog.findByRole("list", { name: "The cycle" })).getAllByRole("listitem");
  expect(path.map((one) => one.textContent)).toEqual(cycle);
});

it("switches an edge off, and names those that wait before a project is deleted", async () => {
  const edges = { upstream: [edge("net", "core")], downstream: [edge("core", "app"), edge("core", "web")] };
  const { asked, router } = await open("dependencies", {
    [`${PATH}/dependencies`]: edges,
    [`PATCH ${PATH}/dependencies/net-core`]: edge("net", "core"),
  });
  const [row] = (await screen.findAllByRole("row")).slice(1);
  await userEvent.click(within(row as HTMLElement).getByRole("button", { name: "Switch off" }));
  expect(asked.find((one) => one.method === "PATCH")?.body).toEqual({ enabled: false });
  await router.navigate("/projects/core/settings/danger");
  expect(await screen.findByText(/2 projects wait for this one/)).toBeTruthy();
  expect(screen.getByRole("link", { name: "web" })).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Delete core…" }));
  expect((await button("Delete for ever")).hasAttribute("disabled")).toBe(true);
});

it("offers to ask for consent where a private project decides", async () => {
  const refusal = () => problem(403, { title: "Not allowed", detail: "net is private.", consent: "needed" });
  const { asked } = await open("dependencies", {
    [`POST ${PATH}/dependencies`]: refusal,
    [`POST ${PATH}/dependencies/check`]: { reports: 0, would_trigger: 0 },
    [`POST ${PATH}/consents`]: () => Response.json({}, { status: 201 }),
  });
  await userEvent.click(await button("Add a dependency"));
  await userEvent.type(screen.getByRole("combobox", { name: /^Upstream project/ }), "net");
  expect(await screen.findByText(/net has not reported a success yet/)).toBeTruthy();
  await userEvent.click(await button("Add"));
  await userEvent.click(await button("Ask for consent"));
  expect(await screen.findByText(/net has been asked/)).toBeTruthy();
  expect(asked.find((one) => one.path.endsWith("/consents") && one.method === "POST")?.body).toEqual({
    upstream: "net",
  });
});

it("leaves to a viewer nothing that would be refused, and to a maintainer nothing that only owners may", async () => {
  await open("general", {}, project({ role: "viewer", contact: "#core-ci" }));
  expect((await screen.findByText(/You may see core, but not change it/)).parentElement?.textContent).toContain(
    "#core-ci",
  );
  expect(screen.queryByRole("form")).toBeNull();
});

it("sends nothing that only owners may change for a maintainer", async () => {
  const { form, sent } = await open("general", {}, project({ role: "maintainer" }));
  const general = await form("General");
  expect(general.getByRole("combobox", { name: "Visible to" }).hasAttribute("disabled")).toBe(true);
  await userEvent.type(general.getByRole("textbox", { name: "Contact" }), "ada");
  await userEvent.click(await general.findByRole("button", { name: "Save" }));
  await general.findByText("✓ Saved");
  expect(Object.keys(sent() as object)).not.toContain("visibility");
  expect(Object.keys(sent() as object)).not.toContain("owner");
});

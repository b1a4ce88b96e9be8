import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import type { Project, Target } from "@/lib/api/types";
import { preview, project, target } from "@/testing/builders";
import { fakeApi, problem } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { SettingsPage } from "./settings-page";

const PATH = "/api/v1/projects/core";
const SET_AT = "2026-11-18T10:00:00.000Z";
const HOOK = target({
  kind: "webhook",
  url: "https://ci.example/x",
  secrets: [{ name: "secret", set_at: SET_AT }],
});
const GITLAB = target({
  kind: "gitlab",
  url: "https://gitlab.example",
  project: "team/core",
  secrets: [
    { name: "api_token", set_at: SET_AT },
    { name: "token", set_at: SET_AT },
  ],
});

// whole forms, typed in letter by letter: that takes its time on a busy machine
vi.setConfig({ testTimeout: 30_000 });

beforeEach(() => {
  vi.unstubAllGlobals();
});

async function open(saved: Target, replies: Record<string, unknown> = {}, more: Partial<Project> = {}) {
  const of = project({ target: saved, ...more });
  const asked = fakeApi({
    [`GET ${PATH}`]: of,
    [`PATCH ${PATH}`]: of,
    [`${PATH}/refusals`]: { items: [], next_cursor: null },
    ...replies,
  });
  renderAt("/projects/core/settings/target", "/projects/:project/settings/:section?", <SettingsPage />);
  const form = within(await screen.findByRole("form", { name: "What runs its pipeline" }));
  const sent = (method = "PATCH") => asked.find((one) => one.method === method)?.body;
  return { asked, form, sent };
}

const button = (name: string | RegExp) => screen.findByRole("button", { name });
const save = async (form: ReturnType<typeof within>) =>
  userEvent.click(await form.findByRole("button", { name: "Save" }));

it("keeps a secret unless it is replaced, and shows what is refused beside its field", async () => {
  const refusal = () =>
    problem(422, { title: "Invalid input", detail: "x", errors: { "target.cancel_url": ["Must be an address."] } });
  const { form, sent } = await open(HOOK, { [`PATCH ${PATH}`]: refusal });
  expect(form.queryByLabelText(/signing secret$/i, { selector: "input" })).toBeNull();
  await userEvent.type(form.getByRole("textbox", { name: "Address for cancellations" }), "nowhere");
  await save(form);
  expect(await form.findByText("Must be an address.")).toBeTruthy();
  expect(form.queryByRole("alert")).toBeNull();
  const kept = { kind: "webhook", url: "https://ci.example/x", cancel_url: "nowhere" };
  expect(sent()).toEqual({ target: kept, accept_event_token: false });
  await userEvent.click(form.getByRole("button", { name: "Replace Signing secret" }));
  expect(form.getByLabelText("New signing secret")).toBeTruthy();
});

it("asks for the secrets again when the target moves to another server, and not when only its path changes", async () => {
  const { form } = await open(GITLAB);
  const address = form.getByRole("textbox", { name: "Address of GitLab" });
  await userEvent.type(address, "/sub");
  expect(form.getByRole("button", { name: "Replace Trigger token" })).toBeTruthy();
  await userEvent.clear(address);
  await userEvent.type(address, "https://other.example");
  expect(form.getByText(/This is another server/)).toBeTruthy();
  expect(form.getByLabelText("Trigger token", { selector: "input" })).toBeTruthy();
  expect(form.getByLabelText("API token", { selector: "input" })).toBeTruthy();
});

it.each<[kind: string, choose: [box: string, option: string] | null, there: RegExp[], absent: RegExp[]]>([
  ["Our own agents", null, [/^Pipeline$/], [/^Address/]],
  ["Jenkins", null, [/^Address of Jenkins/, /^Token of the trigger/, /^API token/], [/^Repository/]],
  ["Jenkins", ["How builds are started", "build"], [/^Job/, /^User/], [/^Token of the trigger/]],
  ["GitLab", null, [/^Project/, /^Trigger token/], [/^Workflow/]],
  ["GitHub Actions", null, [/^Repository/, /^Workflow/, /^Token/], [/^Private key/, /^Event type/]],
  ["GitHub Actions", ["Signs in with", "app"], [/^App id/, /^Private key/], [/^Token/]],
  ["GitHub Actions", ["What is started", "event"], [/^Event type/], [/^Workflow/]],
])("shows only the fields of %s %s", async (kind, choose, there, absent) => {
  const { form } = await open(target());
  await userEvent.click(form.getByRole("radio", { name: kind }));
  if (choose) await userEvent.selectOptions(form.getByRole("combobox", { name: choose[0] }), choose[1]);
  for (const name of there) expect(form.getByLabelText(name, { selector: "input, textarea" })).toBeTruthy();
  for (const name of absent) expect(form.queryByLabelText(name, { selector: "input, textarea" })).toBeNull();
});

it("sends a target with the fields of its kind alone", async () => {
  const { form, sent } = await open(target());
  await userEvent.click(form.getByRole("radio", { name: "GitHub Actions" }));
  await userEvent.type(form.getByRole("textbox", { name: /^Repository/ }), "team/core");
  await userEvent.type(form.getByRole("textbox", { name: /^Workflow/ }), "domino.yml");
  await userEvent.type(form.getByLabelText(/^Token/, { selector: "input" }), "github_pat_1");
  await save(form);
  await form.findByText("✓ Saved");
  expect(sent()).toMatchObject({
    target: { kind: "github", repository: "team/core", workflow: "domino.yml", token: "github_pat_1" },
  });
  expect(Object.keys((sent() as { target: object }).target)).toHaveLength(4);
});

it("tests what is saved, names the step that fails with its time and a fix, and leaves it at a warning", async () => {
  const findings = [
    { step: "address", ok: true, detail: "The address may be used.", fix: null, duration_ms: 3 },
    { step: "connection", ok: false, detail: "Nobody answers.", fix: "Look whether it runs.", duration_ms: 41 },
  ];
  const connection = { project: { id: "p", name: "core" }, kind: "webhook", ok: false, duration_ms: 44, findings };
  const { form, sent } = await open(target(), {
    [`POST ${PATH}/test-connections`]: { connections: [connection] },
  });
  await userEvent.click(await button("Test connection"));
  expect(await screen.findByText("→ Look whether it runs.")).toBeTruthy();
  expect(screen.getByText("41 ms")).toBeTruthy();
  expect(screen.getByText(/That is a warning/).textContent).toContain("fails at connection");
  expect(screen.getByText(/Nothing was reported from there yet/)).toBeTruthy();
  expect(sent("POST")).toEqual({ alone: true });
  await userEvent.type(form.getByRole("textbox", { name: "Pipeline" }), "x");
  await vi.waitFor(async () => expect((await button("Test again")).hasAttribute("disabled")).toBe(true));
});

it("tests the whole tree: what a success would trigger, the troubled first with its fix", async () => {
  const one = (name: string, ok: boolean) => ({
    project: { id: name, name },
    kind: "gitlab",
    ok,
    duration_ms: 5,
    findings: [{ step: "credentials", ok, detail: "Refused.", fix: ok ? null : "Make a new token.", duration_ms: 5 }],
  });
  const test = { ...preview(), ok: false, text: "1 of 2 projects can be triggered", untested: 0 };
  const { sent } = await open(target(), {
    [`POST ${PATH}/test-connections`]: { ...test, connections: [one("core", true), one("app", false)] },
  });
  await userEvent.click(await button("Test tree"));
  expect(await screen.findByText("1 of 2 projects can be triggered")).toBeTruthy();
  const rows = within(screen.getByRole("list", { name: "Connections of the tree" })).getAllByRole("listitem");
  expect(rows.map((row) => row.textContent)).toEqual([
    expect.stringMatching(/^app.*cannot be triggered.*→ Make a new token\./),
    expect.stringMatching(/^core/),
  ]);
  expect(sent("POST")).toEqual({ alone: false });
});

it("shows the secret of a vendor's webhook once, and asks before the old one ends", async () => {
  const made = { url: "https://ci.example/hooks/gitlab", secret: "s3cr3t" };
  const saved = { ...GITLAB, secrets: [...GITLAB.secrets, { name: "hook_secret", set_at: SET_AT }] };
  const { asked } = await open(saved, { [`POST ${PATH}/hook-secret`]: () => Response.json(made, { status: 201 }) });
  await userEvent.click(await button("Make a new secret…"));
  expect(asked.some((one) => one.path.endsWith("/hook-secret"))).toBe(false);
  await userEvent.click(await button("Make a new secret"));
  expect(await screen.findByText("s3cr3t")).toBeTruthy();
  expect(screen.getByText("only Pipeline events")).toBeTruthy();
});

it("waits for the first report, tells of those that are refused, and says when one came", async () => {
  const refused = { id: "r", at: SET_AT, route: "/events", status: 400, detail: "No JSON.", fix: "Send JSON." };
  let heard = false;
  const last = { status: "success", at: SET_AT, commit: null, branch: "main", tree_id: "t1", sub_id: "1", url: null };
  await open(HOOK, {
    [`${PATH}/refusals`]: { items: [refused], next_cursor: null },
    [`GET ${PATH}`]: () => Response.json(project({ target: HOOK, last_result: heard ? last : null })),
  });
  expect(await screen.findByText(/Waiting for the first report/)).toBeTruthy();
  expect(await screen.findByText("Send JSON.")).toBeTruthy();
  heard = true;
  expect(await screen.findByText(/✓ Received/, {}, { timeout: 5000 })).toBeTruthy();
  expect(screen.getByRole("link", { name: "Open its tree" }).getAttribute("href")).toBe("/trees/t1");
});

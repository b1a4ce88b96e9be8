import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import type { ProjectSecret, RepositoryAccess } from "@/lib/api/types";
import { project } from "@/testing/builders";
import { fakeApi, problem } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { SettingsPage } from "./settings-page";

const PATH = "/api/v1/projects/core";
const AT = "2026-11-21T10:00:00.000Z";
const NONE: RepositoryAccess = {
  hosted: false,
  origin: "https://git.example",
  kind: null,
  username: null,
  known_hosts: null,
  public_key: null,
  fingerprint: null,
  app_id: null,
  installation_id: null,
  api_url: null,
  secrets: [],
};
const KEY: RepositoryAccess = {
  ...NONE,
  origin: "ssh://git.example:2222",
  kind: "ssh",
  public_key: "ssh-ed25519 AAAA dominoci-core",
  fingerprint: "SHA256:abc",
  secrets: [{ name: "private_key", set_at: AT }],
};

vi.setConfig({ testTimeout: 30_000 });

beforeEach(() => {
  vi.unstubAllGlobals();
});

async function open(section: "repository" | "secrets", replies: Record<string, unknown>) {
  const asked = fakeApi({
    [`GET ${PATH}`]: project(),
    "/api/v1/session": { me: { user: { id: "u", name: "ada", is_admin: false }, csrf_token: "", version: "1" } },
    ...replies,
  });
  renderAt(`/projects/core/settings/${section}`, "/projects/:project/settings/:section?", <SettingsPage />);
  const name = section === "secrets" ? "Secrets" : "Repository access";
  // a part of the page that is fetched on its own: on a busy machine that takes longer than a test waits by itself
  await screen.findByRole("region", { name }, { timeout: 20_000 });
  return { sent: (method: string) => asked.findLast((one) => one.method === method) };
}

const openAccess = (access: RepositoryAccess, replies: Record<string, unknown> = {}) =>
  open("repository", { [`GET ${PATH}/repository-access`]: access, ...replies });
const button = (name: string | RegExp) => screen.findByRole("button", { name });

it("needs nothing where the repository is here", async () => {
  await openAccess({ ...NONE, hosted: true, origin: null });
  expect(screen.getByText("The repository is hosted here")).toBeTruthy();
});

it("sends a token, says beside its field what is refused, and offers no key for an address over https", async () => {
  let refused = true;
  const { sent } = await openAccess(NONE, {
    [`PUT ${PATH}/repository-access`]: () =>
      refused
        ? problem(422, { title: "Invalid input", detail: "x", errors: { token: ["Give the token or password."] } })
        : Response.json(NONE),
  });
  expect(screen.getByRole("radio", { name: "SSH key" }).hasAttribute("disabled")).toBe(true);
  await userEvent.click(screen.getByRole("radio", { name: "Token" }));
  await userEvent.type(screen.getByRole("textbox", { name: "User name" }), "deploy");
  await userEvent.click(await button("Save"));
  expect(await screen.findByText("Give the token or password.")).toBeTruthy();
  refused = false;
  await userEvent.type(screen.getByLabelText(/^Token/, { selector: "input[name=token]" }), "glpat-x");
  await userEvent.click(await button("Save"));
  await vi.waitFor(() => expect(sent("PUT")?.body).toEqual({ kind: "token", username: "deploy", token: "glpat-x" }));
});

it("shows of a token only when it was set, and keeps it when another field is saved", async () => {
  const { sent } = await openAccess(
    { ...NONE, kind: "token", username: "a", secrets: [{ name: "token", set_at: AT }] },
    { [`PUT ${PATH}/repository-access`]: NONE },
  );
  expect(await button("Replace Token")).toBeTruthy();
  await userEvent.type(screen.getByRole("textbox", { name: "User name" }), "b");
  const test = await button("Test access");
  await vi.waitFor(() => expect(test.hasAttribute("disabled")).toBe(true));
  await userEvent.click(await button("Save"));
  await vi.waitFor(() => expect(sent("PUT")?.body).toEqual({ kind: "token", username: "ab" }));
});

it("takes access away", async () => {
  const access = { ...NONE, kind: "token" as const, secrets: [{ name: "token", set_at: AT }] };
  const { sent } = await openAccess(access, {
    [`DELETE ${PATH}/repository-access`]: () => new Response(null, { status: 204 }),
  });
  await userEvent.click(screen.getByRole("radio", { name: "None" }));
  await userEvent.click(await button("Save"));
  await vi.waitFor(() => expect(sent("DELETE")?.path).toBe(`${PATH}/repository-access`));
});

it("makes a key and shows its public half; another one only after a question", async () => {
  const { sent } = await openAccess(
    { ...NONE, origin: "ssh://git.example:2222" },
    { [`POST ${PATH}/repository-access/key`]: KEY },
  );
  await userEvent.click(screen.getByRole("radio", { name: "SSH key" }));
  expect(screen.getByText("ssh-keyscan -p 2222 git.example")).toBeTruthy();
  await userEvent.click(await button("Make a key"));
  expect((await screen.findByRole("region", { name: "public key" })).textContent).toContain("ssh-ed25519 AAAA");
  expect(sent("POST")?.body).toEqual({});
  await vi.waitFor(() => expect(screen.queryByText("Not saved yet")).toBeNull());
  await userEvent.click(await button("Make a new key…"));
  const dialog = within(await screen.findByRole("dialog"));
  expect(dialog.getByText(/forgotten at once/)).toBeTruthy();
});

it("tests step by step", async () => {
  await openAccess(KEY, {
    [`POST ${PATH}/repository-access/test`]: {
      ok: false,
      duration_ms: 12,
      findings: [
        { step: "address", ok: true, detail: "The address may be used.", fix: null, duration_ms: 2 },
        { step: "repository", ok: false, detail: "It does not take the key.", fix: "Look at it.", duration_ms: 10 },
      ],
    },
  });
  await userEvent.click(await button("Test access"));
  const steps = within(await screen.findByRole("list", { name: "Steps" })).getAllByRole("listitem");
  expect(steps.map((step) => step.textContent)).toEqual([
    expect.stringContaining("address holds"),
    expect.stringContaining("repository does not hold It does not take the key.→ Look at it."),
  ]);
});

const SECRET: ProjectSecret = { name: "NPM_TOKEN", changed_by: "ada", created_at: AT, changed_at: AT, used_at: null };
const openSecrets = (items: ProjectSecret[], replies: Record<string, unknown> = {}) =>
  open("secrets", { [`GET ${PATH}/secrets`]: { items, next_cursor: null }, ...replies });

it("adds a secret, with a refusal beside its name", async () => {
  const { sent } = await openSecrets([], {
    [`PUT ${PATH}/secrets/1A`]: () =>
      problem(422, { title: "Invalid input", detail: "x", errors: { name: ["Names do not begin with a digit."] } }),
    [`PUT ${PATH}/secrets/1AB`]: () => Response.json(SECRET, { status: 201 }),
  });
  expect(await screen.findByText("No secret yet")).toBeTruthy();
  await userEvent.click(await button("Add a secret"));
  const dialog = within(await screen.findByRole("dialog"));
  await userEvent.type(dialog.getByRole("textbox", { name: "Name" }), "1A");
  await userEvent.type(dialog.getByRole("textbox", { name: "Value" }), "one{enter}two");
  await userEvent.click(dialog.getByRole("button", { name: "Add" }));
  expect(await dialog.findByText("Names do not begin with a digit.")).toBeTruthy();
  await userEvent.type(dialog.getByRole("textbox", { name: "Name" }), "B");
  await userEvent.click(dialog.getByRole("button", { name: "Add" }));
  await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(sent("PUT")).toMatchObject({ path: `${PATH}/secrets/1AB`, body: { value: "one\ntwo" } });
});

it("replaces and removes one, saying what goes with it", async () => {
  const { sent } = await openSecrets([SECRET], {
    [`PUT ${PATH}/secrets/NPM_TOKEN`]: SECRET,
    [`DELETE ${PATH}/secrets/NPM_TOKEN`]: () => new Response(null, { status: 204 }),
  });
  expect((await screen.findByRole("table", { name: "Secrets" })).textContent).toContain("by ada");
  await userEvent.click(await button("Replace… (NPM_TOKEN)"));
  await userEvent.type(within(await screen.findByRole("dialog")).getByRole("textbox", { name: "Value" }), "new");
  await userEvent.click(await button("Replace"));
  await vi.waitFor(() => expect(sent("PUT")?.body).toEqual({ value: "new" }));
  await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  await userEvent.click(await button("Remove… (NPM_TOKEN)"));
  expect(await screen.findByText(/A step that asks for it fails from now on/)).toBeTruthy();
  await userEvent.click(await button("Remove"));
  await vi.waitFor(() => expect(sent("DELETE")?.path).toBe(`${PATH}/secrets/NPM_TOKEN`));
});

import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import type { Issuer, TrustRule } from "@/lib/api/types";
import { project } from "@/testing/builders";
import { fakeApi, problem } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { SettingsPage } from "./settings-page";

const PATH = "/api/v1/projects/core";
const AT = "2026-11-21T10:00:00.000Z";

vi.setConfig({ testTimeout: 30_000 });

beforeEach(() => {
  vi.unstubAllGlobals();
});

const issuer = (kind: Issuer["kind"], name: string): Issuer => ({
  id: name,
  url: `https://${name}.example`,
  name,
  kind,
  subject_claim: kind === "github" ? "repository_id" : "project_id",
  created_by: "ada",
  created_at: AT,
});
const HUB = issuer("github", "hub");
const LAB = issuer("gitlab", "lab");
const rule: TrustRule = {
  id: "r1",
  issuer: HUB,
  subject: "901",
  claims: { ref: "refs/heads/main" },
  pull_requests: false,
  created_by: "ada",
  created_at: AT,
  last_used_at: null,
};

async function open(rules: TrustRule[], issuers: Issuer[], replies: Record<string, unknown> = {}, admin = false) {
  const asked = fakeApi({
    [`GET ${PATH}`]: project(),
    [`GET ${PATH}/trust`]: { items: rules, next_cursor: null },
    "GET /api/v1/issuers": { items: issuers, next_cursor: null, offered: [] },
    "/api/v1/session": { me: { user: { id: "u", name: "ada", is_admin: admin }, csrf_token: "", version: "1" } },
    ...replies,
  });
  renderAt("/projects/core/settings/trust", "/projects/:project/settings/:section?", <SettingsPage />);
  // a part of the page that is fetched on its own: on a busy machine that takes longer than a test waits by itself
  await screen.findByRole("region", { name: "Trust" }, { timeout: 20_000 });
  return { sent: (method: string) => asked.find((one) => one.method === method)?.body };
}

const button = (name: string | RegExp) => screen.findByRole("button", { name });

it("says that no issuer is listed, and to an admin where to list one", async () => {
  await open([], [], {}, true);
  const link = await screen.findByRole("link", { name: "List GitHub, GitLab or another" });
  expect(link.getAttribute("href")).toBe("/admin/issuers");
  expect((await button("Add a rule")).hasAttribute("disabled")).toBe(true);
});

it("adds a rule: the id is called as the issuer calls it, claims are rows, a refusal stands beside its field", async () => {
  let refused = true;
  const { sent } = await open([], [HUB, LAB], {
    [`POST ${PATH}/trust`]: () =>
      refused
        ? problem(422, { title: "Invalid input", detail: "x", errors: { subject: ["is too long"] } })
        : Response.json(rule, { status: 201 }),
  });
  await userEvent.click(await button("Add a rule"));
  const dialog = within(await screen.findByRole("dialog"));
  expect(dialog.getByRole("textbox", { name: /^Repository id/ })).toBeTruthy();
  await userEvent.selectOptions(dialog.getByRole("combobox", { name: "Issuer" }), "lab");
  await userEvent.type(dialog.getByRole("textbox", { name: /^Project id/ }), "42");
  await userEvent.click(dialog.getByRole("button", { name: "Add ref_protected" }));
  await userEvent.click(dialog.getByRole("button", { name: "Trust them" }));
  expect(await dialog.findByText("is too long")).toBeTruthy();
  expect(sent("POST")).toEqual({ issuer: "lab", subject: "42", claims: { ref_protected: "true" } });
  refused = false;
  await userEvent.click(dialog.getByRole("button", { name: "Trust them" }));
  await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

it("changes which jobs are trusted, but not whose", async () => {
  const { sent } = await open([rule], [HUB], { [`PATCH ${PATH}/trust/r1`]: rule });
  expect((await screen.findByRole("table", { name: "Trust rules" })).textContent).toContain(
    "ref is refs/heads/main; no pull requests",
  );
  await userEvent.click(await button("Change… (901 at hub)"));
  const dialog = within(await screen.findByRole("dialog"));
  expect(dialog.getByRole("textbox", { name: /^Repository id/ }).hasAttribute("disabled")).toBe(true);
  await userEvent.click(dialog.getByRole("button", { name: "Remove ref" }));
  await userEvent.click(dialog.getByRole("checkbox", { name: /^Jobs of pull/ }));
  await userEvent.click(dialog.getByRole("button", { name: "Save" }));
  await vi.waitFor(() => expect(sent("PATCH")).toEqual({ claims: {}, pull_requests: true }));
});

it("tells of a pasted token which claim of which rule fails", async () => {
  const fails = [{ claim: "ref", wanted: "refs/heads/main", found: "refs/heads/topic" }];
  const tried = { accepted: false, fault: "it has expired.", claims: { ref: "refs/heads/topic" } };
  const { sent } = await open([rule], [HUB], {
    [`POST ${PATH}/trust/try`]: { ...tried, rules: [{ id: "r1", subject: "901", holds: false, fails }] },
  });
  await userEvent.type(await screen.findByRole("textbox", { name: "Token of a job" }), "eyJ a\nb");
  await userEvent.click(await button("Try it"));
  expect((await screen.findByText(/It would be refused/)).parentElement?.textContent).toBe(
    "✕ It would be refused: it has expired.",
  );
  const rows = within(screen.getByRole("list", { name: "Rules" })).getAllByRole("listitem");
  expect(rows.map((row) => row.textContent)).toEqual([
    "901 does not fit→ ref must be refs/heads/main, and is refs/heads/topic",
  ]);
  expect(sent("POST")).toEqual({ token: "eyJab" });
});

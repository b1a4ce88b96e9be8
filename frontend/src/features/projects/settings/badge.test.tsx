import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import type { ProjectBadge } from "@/lib/api/types";
import { project } from "@/testing/builders";
import { fakeApi } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { pickOf } from "./badge-model";
import { SettingsPage } from "./settings-page";

const PATH = "/api/v1/projects/core";

vi.setConfig({ testTimeout: 30_000 });

beforeEach(() => {
  vi.unstubAllGlobals();
});

const badge = (more: Partial<ProjectBadge> = {}): ProjectBadge => ({
  kind: "result",
  branch: null,
  style: "flat",
  needs_key: false,
  path: "/badge/core.svg",
  svg_url: "https://ci.example/badge/core.svg",
  json_url: "https://ci.example/badge/core.json",
  page_url: "https://ci.example/projects/core",
  snippets: { markdown: "[![core](…)](…)", rst: ".. image:: …", html: "<a>…</a>" },
  ...more,
});

async function open(replies: Record<string, unknown>, query = "") {
  const asked = fakeApi({ [`GET ${PATH}`]: project(), ...replies });
  renderAt(`/projects/core/settings/badge${query}`, "/projects/:project/settings/:section?", <SettingsPage />);
  // a part of the page that is fetched on its own: on a busy machine that takes longer than a test waits by itself
  await screen.findByRole("region", { name: "Badge" }, { timeout: 20_000 });
  return asked;
}

it("shows the badge as it is, with a line for every kind of page, and asks for the one in the address", async () => {
  const asked = await open({ [`GET ${PATH}/badge`]: badge() }, "?kind=tree");
  expect((await screen.findByRole("img")).getAttribute("src")).toBe("/badge/core.svg");
  for (const name of ["Markdown", "reStructuredText", "HTML"])
    expect(screen.getByRole("region", { name })).toBeTruthy();
  expect(screen.queryByRole("region", { name: "Key" })).toBeNull();
  await userEvent.type(screen.getByRole("textbox", { name: "On the branch" }), "main{enter}");
  await userEvent.selectOptions(screen.getByRole("combobox", { name: "Style" }), "plastic");
  await vi.waitFor(() => expect(asked.at(-1)?.path).toBe(`${PATH}/badge?kind=tree&style=plastic&branch=main`));
});

it("ends the addresses of a private project's badge only after a question", async () => {
  const asked = await open({
    [`GET ${PATH}/badge`]: badge({ needs_key: true, path: "/badge/core.svg?key=k" }),
    [`POST ${PATH}/badge-key`]: badge({ needs_key: true }),
  });
  await userEvent.click(await screen.findByRole("button", { name: "Make a new key…" }));
  const dialog = within(await screen.findByRole("dialog"));
  expect(asked.some(({ method }) => method === "POST")).toBe(false);
  await userEvent.click(dialog.getByRole("button", { name: "Make a new key" }));
  expect(await screen.findByText(/hold the new key/)).toBeTruthy();
});

it("takes what it does not know in an address for what it is by itself", () => {
  expect(pickOf(new URLSearchParams("kind=x&style=round&branch=%20"))).toEqual({
    kind: "result",
    branch: null,
    style: "flat",
  });
});

import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import type { Invitation } from "@/lib/api/types";
import { fakeApi, problem } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { Invitations } from "./invitations";

const PATH = "/api/v1/invitations";
const invitation = (more: Partial<Invitation> = {}): Invitation => ({
  id: "i1",
  note: "Grace, who writes the parser",
  owner: null,
  project: { id: "p", name: "core" },
  role: "maintainer",
  state: "open",
  invited_by: "ada",
  used_by: null,
  created_at: "2026-11-21T10:00:00.000Z",
  expires_at: "2026-11-28T10:00:00.000Z",
  used_at: null,
  ...more,
});
const page = (...items: unknown[]) => ({ items, next_cursor: null });

beforeEach(() => {
  vi.unstubAllGlobals();
});

it("makes a link with a role, and shows it once", async () => {
  const url = "https://ci.example/signup#code=once";
  const asked = fakeApi({ [`GET ${PATH}`]: page(), [`POST ${PATH}`]: { ...invitation(), url } });
  renderAt("/", "/", <Invitations to={{ project: "core" }} />);
  await userEvent.click(await screen.findByRole("button", { name: "Invite somebody…" }));
  await userEvent.type(screen.getByRole("textbox", { name: /For whom/ }), "Grace");
  await userEvent.selectOptions(screen.getByLabelText(/Role/), "maintainer");
  await userEvent.click(screen.getByRole("button", { name: "Make the link" }));
  expect(await screen.findByText(url)).toBeTruthy();
  const body = { project: "core", note: "Grace", role: "maintainer" };
  expect(asked.find(({ method }) => method === "POST")).toEqual({ method: "POST", path: PATH, body });
  await userEvent.click(screen.getByRole("button", { name: "I have copied it" }));
  expect(screen.queryByText(url)).toBeNull();
});

it("shows where each leads and what became of it, and offers to withdraw only what is open", async () => {
  const used = invitation({ id: "i2", note: "Eve", project: null, role: null, state: "used", used_by: "eve" });
  const asked = fakeApi({
    [`GET ${PATH}`]: page(invitation(), used),
    [`DELETE ${PATH}/i1`]: () => new Response(null, { status: 204 }),
  });
  renderAt("/", "/", <Invitations />);
  const rows = within(await screen.findByRole("table", { name: "Invitations" }));
  expect(rows.getByRole("link", { name: "core" }).getAttribute("href")).toBe("/projects/core");
  expect(rows.getByText("used by eve")).toBeTruthy();
  const revoke = rows.getAllByRole("button", { name: /^Revoke/ });
  expect(revoke).toHaveLength(1);
  await userEvent.click(revoke[0] as HTMLElement);
  await userEvent.click(await screen.findByRole("button", { name: "Revoke" }));
  await waitFor(() =>
    expect(asked.some(({ method, path }) => method === "DELETE" && path === `${PATH}/i1`)).toBe(true),
  );
});

it("says why it may not be, and keeps what was typed", async () => {
  const detail = "Only an admin may invite people here (DOMINOCI_SIGN_UP=closed).";
  fakeApi({ [`GET ${PATH}`]: page(), [`POST ${PATH}`]: () => problem(403, { title: "Not allowed", detail }) });
  renderAt("/", "/", <Invitations to={{ owner: "team-web" }} />);
  await userEvent.click(await screen.findByRole("button", { name: "Invite somebody…" }));
  const note = screen.getByRole<HTMLInputElement>("textbox", { name: /For whom/ });
  await userEvent.type(note, "Grace");
  await userEvent.click(screen.getByRole("button", { name: "Make the link" }));
  expect(await screen.findByText(detail)).toBeTruthy();
  expect(note.value).toBe("Grace");
});

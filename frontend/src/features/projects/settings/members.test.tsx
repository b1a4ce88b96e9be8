import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import type { Project, ProjectMember } from "@/lib/api/types";
import { project } from "@/testing/builders";
import { fakeApi, problem } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { MembersForm } from "./members-form";

const PATH = "/api/v1/projects/core/members";
const member = (name: string, role: ProjectMember["role"], via: ProjectMember["via"] = "project"): ProjectMember => ({
  user: { id: name, name, full_name: null },
  role,
  via,
  added_at: "2026-11-21T10:00:00.000Z",
});
const page = (...items: unknown[]) => ({ items, next_cursor: null });
const ME = { user: { id: "ada", name: "ada", is_admin: false, has_password: true }, csrf_token: "", version: "1" };

beforeEach(() => {
  vi.unstubAllGlobals();
});

function open(role: Project["role"], replies: Record<string, unknown> = {}) {
  const asked = fakeApi({
    "/api/v1/session": { me: ME },
    "/api/v1/people": page({ id: "eve", name: "eve", full_name: "Eve" }),
    [`GET ${PATH}`]: page(member("ada", "owner"), member("bob", "viewer"), member("cy", "maintainer", "owner")),
    ...replies,
  });
  renderAt("/", "/", <MembersForm project={project({ role, owner: { id: "o", name: "team-web" } })} />);
  return { writes: () => asked.filter(({ method }) => method !== "GET") };
}

it("lets an owner change a role, and leaves alone what a group gives", async () => {
  const { writes } = open("owner", { [`PUT ${PATH}/bob`]: page(member("bob", "owner")) });
  await userEvent.selectOptions(await screen.findByLabelText("Role of bob"), "owner");
  await waitFor(() => expect(writes()[0]).toEqual({ method: "PUT", path: `${PATH}/bob`, body: { role: "owner" } }));
  expect(screen.queryByLabelText("Role of cy")).toBeNull();
});

it("tells whose member somebody is by a group", async () => {
  open("owner");
  expect(await screen.findByText("by team-web")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Remove cy…" })).toBeNull();
});

it("adds somebody by name, and says beside the name that there is nobody called so", async () => {
  const nobody = () => problem(404, { title: "Not found", detail: "There is no such user." });
  const { writes } = open("owner", { [`PUT ${PATH}/ev`]: nobody });
  const name = await screen.findByRole("combobox", { name: /Name/ });
  await userEvent.type(name, "ev");
  await userEvent.click(screen.getByRole("button", { name: "Add" }));
  expect(await screen.findByText("There is no such user.")).toBeTruthy();
  expect(writes()[0]?.body).toEqual({ role: "maintainer" });
  expect((name as HTMLInputElement).value).toBe("ev");
});

it("says what removing means, and shows in the dialog why it cannot be", async () => {
  const last = () =>
    problem(409, { title: "Conflict", detail: "core would be left without an owner: make somebody else one first." });
  open("owner", { [`DELETE ${PATH}/ada`]: last });
  await userEvent.click(await screen.findByRole("button", { name: "Leave…" }));
  expect(await screen.findByText(/You are an owner no longer/)).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Leave" }));
  expect(await screen.findByText(/would be left without an owner/)).toBeTruthy();
});

it("shows who is no owner only what is, and the way out", async () => {
  open("maintainer");
  expect(await screen.findByText(/its owners decide who is a member/)).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Add" })).toBeNull();
  expect(screen.queryByLabelText("Role of bob")).toBeNull();
  expect(await screen.findByRole("button", { name: "Leave…" })).toBeTruthy();
});

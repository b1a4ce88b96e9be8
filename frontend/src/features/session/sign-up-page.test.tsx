import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import type { Door } from "@/lib/api/types";
import { fakeApi, problem } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { SignUpPage } from "./sign-up-page";

const me = { user: { id: "u", name: "grace", is_admin: false, has_password: true }, csrf_token: "c", version: "1" };
const door = (more: Partial<Door> = {}): Door => ({
  signed_in: false,
  me: null,
  providers: [],
  password: true,
  sign_up: "closed",
  contact: null,
  refusal: null,
  ...more,
});
const invitation = {
  invited_by: "ada",
  owner: "team-web",
  project: null,
  role: "maintainer",
  expires_at: "2026-11-28T10:00:00.000Z",
};

beforeEach(() => {
  vi.unstubAllGlobals();
});

async function fill(name: string, password: string) {
  await userEvent.type(await screen.findByRole("textbox", { name: /^Name/ }), name);
  await userEvent.type(screen.getByLabelText(/^Password/), password);
  await userEvent.click(screen.getByRole("button", { name: "Create account" }));
}

it("says who invites to what, and makes the account", async () => {
  const asked = fakeApi({
    "GET /api/v1/session": door(),
    "POST /api/v1/signup/invitation": invitation,
    "POST /api/v1/signup": me,
  });
  const { router } = renderAt("/signup#code=once", "/signup", <SignUpPage />);
  expect((await screen.findByText(/ada invites you/)).textContent).toMatch(/to team-web as maintainer/);
  await fill("grace", "correct horse battery");
  await vi.waitFor(() => expect(router.state.location.pathname).toBe("/"));
  expect(asked.at(-1)?.body).toEqual({
    name: "grace",
    password: "correct horse battery",
    full_name: null,
    code: "once",
  });
});

it("shows the server's words beside the fields, and keeps what was typed", async () => {
  fakeApi({
    "GET /api/v1/session": door({ sign_up: "open" }),
    "POST /api/v1/signup": () => problem(422, { title: "Invalid input", errors: { name: ["is taken"] } }),
  });
  renderAt("/signup", "/signup", <SignUpPage />);
  await fill("admin", "correct horse battery");
  expect(await screen.findByText("is taken")).toBeTruthy();
  expect(screen.getByRole<HTMLInputElement>("textbox", { name: /^Name/ }).value).toBe("admin");
});

it("says why there is no form without an invitation", async () => {
  fakeApi({ "GET /api/v1/session": door({ refusal: "Only an admin can invite you. Ask #help." }) });
  renderAt("/signup", "/signup", <SignUpPage />);
  expect(await screen.findByText("Only an admin can invite you. Ask #help.")).toBeTruthy();
  expect(screen.queryByRole("textbox")).toBeNull();
});

it("says that an invitation is over", async () => {
  fakeApi({
    "GET /api/v1/session": door(),
    "POST /api/v1/signup/invitation": () => problem(410, { title: "Gone", detail: "This invitation has been used." }),
  });
  renderAt("/signup#code=old", "/signup", <SignUpPage />);
  expect((await screen.findByRole("alert")).textContent).toContain("This invitation has been used.");
});

it("lets somebody who has an account take it with that one", async () => {
  const asked = fakeApi({
    "GET /api/v1/session": door({ signed_in: true, me }),
    "POST /api/v1/signup/invitation": invitation,
    "POST /api/v1/me/invitations": () => new Response(null, { status: 204 }),
  });
  const { router } = renderAt("/signup#code=once", "/signup", <SignUpPage />);
  await userEvent.click(await screen.findByRole("button", { name: "Accept as grace" }));
  await vi.waitFor(() => expect(router.state.location.pathname).toBe("/"));
  expect(asked.at(-1)?.body).toEqual({ code: "once" });
});

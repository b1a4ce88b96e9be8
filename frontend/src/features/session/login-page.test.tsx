import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { fakeApi, problem } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { LoginPage } from "./login-page";

const me = { user: { id: "u", name: "ada", is_admin: false, has_password: true }, csrf_token: "c", version: "1" };

beforeEach(() => {
  vi.unstubAllGlobals();
});

async function signIn(path: string) {
  const view = renderAt(path, "/login", <LoginPage />);
  await userEvent.type(screen.getByRole("textbox", { name: /Name/ }), "ada");
  await userEvent.type(screen.getByLabelText(/^Password/), "secret");
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
  return view;
}

it("leads to where the link was meant to go", async () => {
  const asked = fakeApi({ "POST /api/v1/session": me });
  const { router } = await signIn("/login?next=%2Ftrees%2Ft1%2Fevents%2F1.1%2Fwhy");
  await vi.waitFor(() => expect(router.state.location.pathname).toBe("/trees/t1/events/1.1/why"));
  expect(asked[0]).toMatchObject({ method: "POST", body: { name: "ada", password: "secret" } });
});

it("does not lead to another site", async () => {
  fakeApi({ "POST /api/v1/session": me });
  const { router } = await signIn("/login?next=%2F%2Fevil.example");
  await vi.waitFor(() => expect(router.state.location.pathname).toBe("/"));
});

it("says in the server's words why it did not work", async () => {
  fakeApi({
    "POST /api/v1/session": () => problem(401, { title: "Unauthorized", detail: "Name or password is wrong." }),
  });
  await signIn("/login");
  expect((await screen.findByRole("alert")).textContent).toBe("Name or password is wrong.");
});

it("tells how to get a login link", () => {
  renderAt("/login", "/login", <LoginPage />);
  expect(screen.getByText("dominoci login-link")).toBeTruthy();
});

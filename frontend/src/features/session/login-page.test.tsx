import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import type { Door } from "@/lib/api/types";
import { fakeApi, problem } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { LoginPage } from "./login-page";

const me = { user: { id: "u", name: "ada", is_admin: false, has_password: true }, csrf_token: "c", version: "1" };
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
const PROVIDERS = [
  { id: "github", name: "GitHub" },
  { id: "oidc", name: "Example ID" },
];

beforeEach(() => {
  vi.unstubAllGlobals();
});

async function signIn(path: string) {
  const view = renderAt(path, "/login", <LoginPage />);
  await userEvent.type(await screen.findByRole("textbox", { name: /Name/ }), "ada");
  await userEvent.type(screen.getByLabelText(/^Password/), "secret");
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
  return view;
}

it("leads to where the link was meant to go", async () => {
  const asked = fakeApi({ "GET /api/v1/session": door(), "POST /api/v1/session": me });
  const { router } = await signIn("/login?next=%2Ftrees%2Ft1%2Fevents%2F1.1%2Fwhy");
  await vi.waitFor(() => expect(router.state.location.pathname).toBe("/trees/t1/events/1.1/why"));
  expect(asked[1]).toMatchObject({ method: "POST", body: { name: "ada", password: "secret" } });
});

it("does not lead to another site", async () => {
  fakeApi({ "GET /api/v1/session": door(), "POST /api/v1/session": me });
  const { router } = await signIn("/login?next=%2F%2Fevil.example");
  await vi.waitFor(() => expect(router.state.location.pathname).toBe("/"));
});

it("says in the server's words why it did not work", async () => {
  fakeApi({
    "GET /api/v1/session": door(),
    "POST /api/v1/session": () => problem(401, { title: "Unauthorized", detail: "Name or password is wrong." }),
  });
  await signIn("/login");
  expect((await screen.findByRole("alert")).textContent).toBe("Name or password is wrong.");
});

it("says how long to wait after too many tries", async () => {
  const slow = () =>
    new Response(JSON.stringify({ title: "Too many requests", status: 429, detail: "Too many sign-ins failed." }), {
      status: 429,
      headers: { "Content-Type": "application/problem+json", "Retry-After": "600" },
    });
  fakeApi({ "GET /api/v1/session": door(), "POST /api/v1/session": slow });
  await signIn("/login");
  expect((await screen.findByRole("alert")).textContent).toMatch(/Too many sign-ins failed.*Try again in \d+ s/);
});

it("offers the providers first, then the password", async () => {
  fakeApi({ "GET /api/v1/session": door({ providers: PROVIDERS }) });
  renderAt("/login", "/login", <LoginPage />);
  await screen.findByRole("button", { name: "Sign in with GitHub" });
  const names = screen.getAllByRole("button").map((button) => button.textContent);
  expect(names.slice(0, 2)).toEqual(["Sign in with GitHub", "Sign in with Example ID"]);
  expect(names.at(-1)).toBe("Sign in");
  expect(document.activeElement).toBe(screen.getByRole("textbox", { name: /Name/ }));
});

it("leaves for the provider, and tells it where to go in the end", async () => {
  const assign = vi.fn();
  vi.stubGlobal("location", { ...window.location, origin: window.location.origin, assign });
  const asked = fakeApi({
    "GET /api/v1/session": door({ providers: PROVIDERS, password: false }),
    "POST /api/v1/session/providers/oidc": { url: "https://id.example/auth?x=1" },
  });
  renderAt("/login?next=%2Fagents", "/login", <LoginPage />);
  expect(screen.queryByRole("textbox")).toBeNull();
  await userEvent.click(await screen.findByRole("button", { name: "Sign in with Example ID" }));
  await vi.waitFor(() => expect(assign).toHaveBeenCalledWith("https://id.example/auth?x=1"));
  expect(asked.at(-1)?.body).toEqual({ next: "/agents" });
});

it("says why a provider's sign-in came to nothing, and whom to ask", async () => {
  const asked = fakeApi({
    "GET /api/v1/session": door({ providers: PROVIDERS, contact: "#help", refusal: "GitHub did not confirm it." }),
  });
  renderAt("/login?refused=email&provider=github", "/login", <LoginPage />);
  expect((await screen.findByRole("alert")).textContent).toBe("GitHub did not confirm it.");
  expect(asked[0]?.path).toBe("/api/v1/session?refused=email&provider=github");
  expect(screen.getByText(/Ask #help for an invitation/)).toBeTruthy();
});

it("goes on at once with somebody who is signed in", async () => {
  fakeApi({ "GET /api/v1/session": door({ signed_in: true, me }) });
  const { router } = renderAt("/login?next=%2Fagents", "/login", <LoginPage />);
  await vi.waitFor(() => expect(router.state.location.pathname).toBe("/agents"));
});

it("tells how to get a login link", async () => {
  fakeApi({ "GET /api/v1/session": door() });
  renderAt("/login", "/login", <LoginPage />);
  expect(await screen.findByText("dominoci login-link")).toBeTruthy();
});

it("can be tried again when the server is away", async () => {
  let away = true;
  fakeApi({ "GET /api/v1/session": () => (away ? problem(500, { title: "Internal error" }) : Response.json(door())) });
  renderAt("/login", "/login", <LoginPage />);
  const retry = await screen.findByRole("button", { name: "Retry" });
  away = false;
  await userEvent.click(retry);
  expect(await screen.findByRole("textbox", { name: /Name/ })).toBeTruthy();
});

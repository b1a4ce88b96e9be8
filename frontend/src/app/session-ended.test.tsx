import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { useMe } from "@/lib/api/calls/get-me";
import { api, keepCsrf, unwrap } from "@/lib/api/client";
import { useSessionEnded } from "@/lib/api/session-watch";
import { fakeApi, problem } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { SessionEnded } from "./session-ended";

const me = { user: { id: "u", name: "ada", is_admin: false, has_password: true }, csrf_token: "c", version: "1" };
const signedOut = () => problem(401, { title: "Not signed in", detail: "Sign in first." });

function PageWithForm() {
  const { data } = useMe();
  const ended = useSessionEnded();
  return (
    <>
      {data && <p>signed in as {data.user.name}</p>}
      <input aria-label="Note" />
      <button type="button" onClick={() => void unwrap(api.GET("/api/v1/agents")).catch(() => {})}>
        ask
      </button>
      {ended && <SessionEnded />}
    </>
  );
}

beforeEach(() => {
  vi.unstubAllGlobals();
  keepCsrf("");
});

it("asks to sign in again where the session ends, and keeps the page and what was typed", async () => {
  let ended = false;
  const asked = fakeApi({
    "GET /api/v1/session": { me },
    "/api/v1/me": () => (ended ? signedOut() : Response.json(me)),
    "/api/v1/agents": () => (ended ? signedOut() : Response.json({ items: [], next_cursor: null })),
    "POST /api/v1/session": () => {
      ended = false;
      return Response.json(me);
    },
  });
  renderAt("/", "/", <PageWithForm />);
  await screen.findByText("signed in as ada");
  await userEvent.type(screen.getByRole("textbox", { name: "Note" }), "half a sentence");
  ended = true;
  await userEvent.click(screen.getByRole("button", { name: "ask" }));
  await userEvent.type(await screen.findByLabelText(/^Password/), "secret");
  expect(screen.getByText("signed in as ada")).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
  await vi.waitFor(() => expect(screen.queryByLabelText(/^Password/)).toBeNull());
  expect(screen.getByRole<HTMLInputElement>("textbox", { name: "Note" }).value).toBe("half a sentence");
  expect(asked.find((one) => one.method === "POST")?.body).toEqual({ name: "ada", password: "secret" });
});

it("does not take a wrong password in a form for the end of the session", async () => {
  const asked = fakeApi({ "GET /api/v1/session": { me }, "/api/v1/me": me, "/api/v1/agents": signedOut });
  renderAt("/", "/", <PageWithForm />);
  await screen.findByText("signed in as ada");
  await userEvent.click(screen.getByRole("button", { name: "ask" }));
  await vi.waitFor(() => expect(asked.filter((one) => one.path === "/api/v1/me")).toHaveLength(1));
  expect(screen.queryByText("Your session has ended")).toBeNull();
});

it("says who is not signed in at all nothing of a session", async () => {
  fakeApi({ "GET /api/v1/session": { me: null }, "/api/v1/agents": signedOut });
  renderAt("/", "/", <PageWithForm />);
  await userEvent.click(screen.getByRole("button", { name: "ask" }));
  expect(screen.queryByText("Your session has ended")).toBeNull();
});

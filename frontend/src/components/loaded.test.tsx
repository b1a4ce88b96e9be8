import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { useAgents } from "@/lib/api/calls/get-agents";
import { fakeApi, problem } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { Loaded } from "./loaded";

function Agents() {
  const agents = useAgents();
  return (
    <>
      <button type="button" onClick={() => void agents.refetch()}>
        anew
      </button>
      <Loaded query={agents}>{(data) => <p>{data.items.length} agents</p>}</Loaded>
    </>
  );
}

let answer: () => Response;

function open(first: () => Response) {
  answer = first;
  fakeApi({ "/api/v1/agents": () => answer() });
  return renderAt("/agents", "/agents", <Agents />);
}

const none = () => Response.json({ items: [], next_cursor: null });
const lost = () => {
  throw new TypeError("Failed to fetch");
};
const refused = (status: number, more: Record<string, unknown> = {}, headers: Record<string, string> = {}) => {
  const told = problem(status, { title: "Title", detail: "The server's words.", ...more });
  for (const [name, value] of Object.entries(headers)) told.headers.set(name, value);
  return told;
};

beforeEach(() => {
  vi.unstubAllGlobals();
});

it("keeps old data when the network is lost, says how old they are, and takes new ones when it is back", async () => {
  open(none);
  await screen.findByText("0 agents");
  answer = lost;
  await userEvent.click(screen.getByRole("button", { name: "anew" }));
  expect((await screen.findByRole("alert")).textContent).toMatch(/^Reconnecting, data of \d\d:\d\d:\d\d\. Retry$/);
  expect(screen.getByText("0 agents")).toBeTruthy();
  answer = none;
  await userEvent.click(screen.getByRole("button", { name: "Retry" }));
  await vi.waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
});

it("never shows old data of a refusal without saying so", async () => {
  open(none);
  await screen.findByText("0 agents");
  answer = () => refused(500);
  await userEvent.click(screen.getByRole("button", { name: "anew" }));
  const note = await screen.findByRole("alert");
  expect(note.textContent).toMatch(/^The server failed: The server's words\. What is shown is data of \d\d:\d\d:\d\d/);
});

it("says that nobody answers, also while it is asked again", async () => {
  vi.stubGlobal("navigator", { ...navigator, onLine: false });
  open(lost);
  expect((await screen.findByRole("alert")).textContent).toContain("No connection");
  let release = () => {};
  answer = none;
  const held = new Promise<void>((done) => {
    release = done;
  });
  const fetched = globalThis.fetch;
  vi.stubGlobal("fetch", async (input: Request) => {
    await held;
    return fetched(input);
  });
  await userEvent.click(screen.getByRole("button", { name: "Retry" }));
  expect(screen.getByRole("alert").textContent).toContain("No connection");
  release();
  expect(await screen.findByText("0 agents")).toBeTruthy();
});

it("counts down until asking again is allowed", async () => {
  open(() => refused(429, {}, { "Retry-After": "30" }));
  const retry = await screen.findByRole("button", { name: "Retry" });
  expect(retry.hasAttribute("disabled")).toBe(true);
  expect(screen.getByText(/^in (30|29) s$/)).toBeTruthy();
});

it("gives a fault's request id, to look it up with", async () => {
  open(() => refused(500, {}, { "X-Request-Id": "abc123" }));
  expect(await screen.findByText("abc123")).toBeTruthy();
  expect(screen.getByRole("button", { name: "Retry" })).toBeTruthy();
});

it("offers no Retry where it cannot help", async () => {
  open(() => refused(403));
  expect((await screen.findByRole("alert")).textContent).toContain("You may not do this");
  expect(screen.queryByRole("button", { name: "Retry" })).toBeNull();
});

it("names the fields of a refused address", async () => {
  open(() => refused(422, { errors: { cursor: ["is not one of ours"] } }));
  expect(await screen.findByText("cursor: is not one of ours")).toBeTruthy();
});

it("answers what does not exist and what may not be seen alike, with a search", async () => {
  const { router } = open(() => refused(404));
  expect(await screen.findByText("Does not exist, or you may not see it")).toBeTruthy();
  await userEvent.type(screen.getByRole("searchbox", { name: "Search projects" }), "core{Enter}");
  expect(router.state.location.pathname + router.state.location.search).toBe("/projects?q=core");
});

import { act, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { build, step } from "@/testing/builders";
import { fakeApi } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { BuildPage } from "./build-page";

beforeEach(() => {
  vi.unstubAllGlobals();
});

it("asks for the log of the running step and follows the build by its topic", async () => {
  let current = build({ steps: [step(0, { state: "running", name: "unit" })] });
  fakeApi({ "/api/v1/builds/b1": () => Response.json(current) });
  const { socket } = renderAt("/builds/b1", "/builds/:build", <BuildPage />);
  act(() => socket.open());
  await screen.findByRole("button", { name: /unit/, expanded: true });
  expect(socket.sent).toContainEqual({ op: "subscribe", topic: "build:b1:log", step: 0, from: 0 });
  current = build({ state: "success", steps: [step(0, { state: "success", name: "unit" })] });
  act(() => socket.say({ topic: "build:b1", version: 2, build: { state: "success" } }));
  expect(await screen.findByText("success", { selector: "header span" })).toBeTruthy();
});

const chunk = (step: number, data: string, eof = true) => ({
  topic: "build:b1:log",
  step,
  offset: 0,
  data,
  next: data.length,
  eof,
});

it("opens what failed at its first error, and leaves what went well folded and unread", async () => {
  const steps = [step(1, { state: "success", name: "lint" }), step(2, { state: "failed", name: "unit", exit_code: 1 })];
  fakeApi({ "/api/v1/builds/b1": build({ state: "failed", steps }) });
  const { socket } = renderAt("/builds/b1", "/builds/:build", <BuildPage />);
  act(() => socket.open());
  await screen.findByRole("button", { name: /lint/, expanded: false });
  act(() => socket.say(chunk(2, "collected\nERROR one\n")));
  expect(await screen.findByText("ERROR one")).toBeTruthy();
  expect(socket.sent.filter((message) => message.topic === "build:b1:log")).toEqual([
    { op: "subscribe", topic: "build:b1:log", step: 2, from: 0 },
    { op: "unsubscribe", topic: "build:b1:log", step: 2 },
  ]);
});

it("counts what is found in what was read here, and asks the server for the rest", async () => {
  const steps = [
    step(1, { state: "success", name: "lint", log_size: 900 }),
    step(2, { state: "failed", name: "unit", log_size: 20 }),
  ];
  const asked = fakeApi({
    "/api/v1/builds/b1": build({ state: "failed", steps }),
    "/api/v1/builds/b1/log/search": { count: 9, steps: [{ n: 1, count: 7, lines: [3, 4, 5, 6, 7, 8, 9] }] },
  });
  const { socket } = renderAt("/builds/b1", "/builds/:build", <BuildPage />);
  act(() => socket.open());
  await screen.findByRole("button", { name: /unit/, expanded: true });
  act(() => socket.say(chunk(2, "an error\nERROR one\nfine\n")));
  await userEvent.type(screen.getByRole("searchbox", { name: "Find in the log" }), "error");
  expect(await screen.findByText("– of 9")).toBeTruthy();
  expect(asked.map((one) => one.path)).toContain("/api/v1/builds/b1/log/search?q=error");
  await userEvent.keyboard("{Enter}");
  expect(await screen.findByRole("button", { name: /lint/, expanded: true })).toBeTruthy();
  expect(socket.sent).toContainEqual({ op: "subscribe", topic: "build:b1:log", step: 1, from: 0 });
});

it("says why a build waits, and asks again when the agents change", async () => {
  const waiting = { code: "no_agent", params: {}, text: "no agent is registered" };
  const asked = fakeApi({ "/api/v1/builds/b1": build({ state: "queued", waiting }) });
  const { socket } = renderAt("/builds/b1", "/builds/:build", <BuildPage />);
  act(() => socket.open());
  expect(await screen.findByText(/No agent is registered/)).toBeTruthy();
  const before = asked.length;
  act(() => socket.say({ topic: "agents", version: 0 }));
  await waitFor(() => expect(asked.length).toBeGreaterThan(before));
});

it("shows the reason instead of a log when no step ran", async () => {
  const reason = { code: "no_pipeline", params: {}, text: "No pipeline matches branch main" };
  fakeApi({ "/api/v1/builds/b1": build({ state: "skipped", reason }) });
  renderAt("/builds/b1", "/builds/:build", <BuildPage />);
  expect(await screen.findByRole("heading", { name: "No step ran" })).toBeTruthy();
  expect(screen.getAllByText("No pipeline matches branch main").length).toBeGreaterThan(0);
});

it("says of an unknown build only that it does not exist or may not be seen", async () => {
  fakeApi({});
  renderAt("/builds/nope", "/builds/:build", <BuildPage />);
  expect(await screen.findByRole("heading", { name: "Does not exist, or you may not see it" })).toBeTruthy();
});

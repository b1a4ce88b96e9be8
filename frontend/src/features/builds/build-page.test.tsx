import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { build, project, step } from "@/testing/builders";
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

/** Parts that are chunks of their own are compiled when they are first asked for. */
const CHUNK = { timeout: 10_000 };

const stage = (name: string, depends_on: string[] = []) => ({ name, depends_on, success: [], fail: [] });
const shaped = (stages: ReturnType<typeof stage>[], routed = false) => [
  { name: "build", selected: true, reason: null, routed, stages, parameters: [] },
];

it("draws the stages as links to their failing steps, and walks them by arrows from one Tab stop", async () => {
  fakeApi({
    "/api/v1/builds/b1": build({
      state: "failed",
      pipelines: shaped([stage("compile"), stage("test", ["compile"]), stage("pack", ["test"])]),
      steps: [
        step(1, { stage: "compile", state: "success" }),
        step(2, { stage: "test", state: "success" }),
        step(3, { stage: "test", state: "failed" }),
        step(4, { stage: "pack", state: "skipped" }),
      ],
    }),
  });
  renderAt("/builds/b1", "/builds/:build", <BuildPage />);
  const graph = within(await screen.findByRole("list", { name: "Stages of build" }, CHUNK));
  const test = graph.getByRole("link", { name: /^test, failed, after compile/ });
  expect(test.getAttribute("href")).toBe("/builds/b1?step=3");
  expect(graph.getAllByRole("link").map((link) => link.tabIndex)).toEqual([-1, 0, -1]);
  test.focus();
  await userEvent.keyboard("{ArrowRight}");
  expect(document.activeElement?.textContent).toContain("pack");
  await userEvent.click(screen.getByRole("button", { name: /Stages/, expanded: true }));
  expect(screen.queryByRole("list", { name: "Stages of build" })).toBeNull();
});

it("runs a finished build again and goes to the new one; one of a tree is run again there", async () => {
  localStorage.clear();
  const asked = fakeApi({
    "/api/v1/builds/b1": build({ state: "failed" }),
    "/api/v1/projects/core": project({ role: "maintainer" }),
    "POST /api/v1/builds/b1/rerun": build({ id: "b2", number: 8, state: "queued" }),
  });
  const { router, unmount } = renderAt("/builds/b1", "/builds/:build", <BuildPage />);
  await userEvent.click(await screen.findByRole("button", { name: "Rerun" }, CHUNK));
  await waitFor(() => expect(router.state.location.pathname).toBe("/builds/b2"));
  expect(asked.filter((one) => one.method === "POST")).toHaveLength(1);
  unmount();
  // the success of a build that nothing set off opens a tree, but no tree waits for it
  fakeApi({
    "/api/v1/builds/b1": build({ state: "success", cause: "push", tree_id: "t", sub_id: "1" }),
    "/api/v1/projects/core": project({ role: "maintainer" }),
  });
  const root = renderAt("/builds/b1", "/builds/:build", <BuildPage />);
  expect(await screen.findByRole("button", { name: "Rerun" }, CHUNK)).toBeTruthy();
  root.unmount();
  fakeApi({
    "/api/v1/builds/b1": build({ state: "failed", cause: "event", tree_id: "t", sub_id: "1.2" }),
    "/api/v1/projects/core": project({ role: "maintainer" }),
  });
  renderAt("/builds/b1", "/builds/:build", <BuildPage />);
  const link = await screen.findByRole("link", { name: "Rerun in its tree…" }, CHUNK);
  expect(link.getAttribute("href")).toBe("/trees/t/events/1.2/why");
});

it("offers nothing to a viewer that only a maintainer may do", async () => {
  fakeApi({ "/api/v1/builds/b1": build({ state: "failed" }), "/api/v1/projects/core": project({ role: "viewer" }) });
  renderAt("/builds/b1", "/builds/:build", <BuildPage />);
  await screen.findByRole("link", { name: "Compare with last green" }, CHUNK);
  expect(screen.queryByRole("button", { name: "Rerun" })).toBeNull();
});

it("shows of a workflow with routes the log of the job that failed, and of another one when asked", async () => {
  const job = (name: string, state: "success" | "failed") => ({
    ...{ name, state, build_id: `j-${name}`, fired_by: [], agent: null },
    ...{ started_at: null, finished_at: null },
  });
  const ran = (id: string, state: "success" | "failed") =>
    build({ id, state, job: id, run_id: "b1", steps: [step(1, { state, name: `step of ${id}` })] });
  fakeApi({
    "/api/v1/builds/b1": build({
      state: "failed",
      pipelines: shaped([stage("git"), stage("docs", ["git"])], true),
      jobs: [job("git", "success"), job("docs", "failed")],
    }),
    "/api/v1/builds/j-git": ran("j-git", "success"),
    "/api/v1/builds/j-docs": ran("j-docs", "failed"),
  });
  renderAt("/builds/b1", "/builds/:build", <BuildPage />);
  await screen.findByRole("button", { name: /step of j-docs/, expanded: true });
  const steps = within(screen.getByRole("navigation", { name: "Steps, artifacts and parameters" }));
  await userEvent.click(steps.getByRole("link", { name: /^git/ }));
  await screen.findByRole("button", { name: /step of j-git/ });
});

it("says that the files of an old build were removed, and shows no log", async () => {
  const steps = [step(1, { state: "failed" })];
  fakeApi({ "/api/v1/builds/b1": build({ state: "failed", steps, expired_at: "2026-11-21T10:00:00.000Z" }) });
  renderAt("/builds/b1", "/builds/:build", <BuildPage />);
  expect(await screen.findByRole("heading", { name: "Its files were removed" })).toBeTruthy();
  expect(screen.queryByRole("log")).toBeNull();
});

it("shows the definition that a build was given, and nothing of it where there is none to see", async () => {
  const definition = { format: "builder" as const, text: "steps:\n  - sh: make\n" };
  fakeApi({ "/api/v1/builds/b1": build({ definition }) });
  const { unmount } = renderAt("/builds/b1", "/builds/:build", <BuildPage />);
  expect(await screen.findByText("given with the start (builder)", {}, CHUNK)).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Show the definition" }));
  expect((await screen.findByRole("region", { name: "definition" })).textContent).toBe(definition.text);
  unmount();
  fakeApi({ "/api/v1/builds/b1": build() });
  renderAt("/builds/b1", "/builds/:build", <BuildPage />);
  expect(await screen.findByRole("heading", { name: "Parameters" }, CHUNK)).toBeTruthy();
  expect(screen.queryByRole("heading", { name: "Definition" })).toBeNull();
});

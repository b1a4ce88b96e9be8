import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { Acted, EventDetail, Forecast, Tree, Why } from "@/lib/api/types";
import { edge, graph, node } from "@/testing/builders";
import { fakeApi, problem } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { TreePage } from "./tree-page";

const BEGUN = "2026-11-21T10:00:00.000Z";
const running = graph({
  nodes: [
    node("1", { project: "core", state: "success" }),
    node("1.1", { project: "net", state: "running", target: "webhook", started_at: BEGUN }),
    node("1.2", { project: "ui", state: "failed", attempt: 1, reason: "reported FAILED", started_at: BEGUN }),
    node("1.2.1", { project: "app", state: "skipped", reason: "upstream ui failed" }),
    node("1.1.1", { project: "docs", state: "waiting", reason: "waits for 1 parent to settle" }),
  ],
  edges: [
    edge("1", "1.1", "passed"),
    edge("1", "1.2", "passed"),
    edge("1.2", "1.2.1", "blocked"),
    edge("1.1", "1.1.1"),
  ],
});
const whole: Tree = {
  id: "t1",
  state: "running",
  root: {
    project: { id: "c", name: "core" },
    commit: null,
    branch: "main",
    tag: null,
    message: null,
    pipeline: null,
  },
  reason: null,
  counts: {},
  held: false,
  depth: 1,
  cause: null,
  event_count: 5,
  opened_at: BEGUN,
  finished_at: null,
  version: 1,
  url: "",
  may_act: true,
  events: [],
};
const forecast: Forecast = {
  tree_id: "t1",
  state: "running",
  expected_end: null,
  pessimistic_end: null,
  certainty: "none",
  without_history: 2,
  critical_path: ["1", "1.1", "1.1.1"],
  critical_s: 90,
  events: [],
};
const detail = (sub: string, name: string, state: EventDetail["state"], code: string): EventDetail => ({
  sub_id: sub,
  project: { id: name, name },
  state,
  join: "all",
  attempt: 1,
  parents: ["1"],
  reason: { code, params: {}, text: "" },
  ref: "main",
  target: "webhook",
  deadline_at: null,
  queued_at: BEGUN,
  triggered_at: null,
  started_at: BEGUN,
  finished_at: null,
  run_url: null,
  build_id: null,
  may_act: true,
  attempts: [],
  inputs: null,
  result: null,
  history: [],
});
const skippedWhy: Why = {
  sub_id: "1.2.1",
  state: "skipped",
  sentence: "upstream ui failed",
  facts: [{ at: BEGUN, code: "upstream_failed", params: {}, text: "upstream ui failed" }],
  root: { sub_id: "1.2", project: "ui" },
};
const acted: Acted = { tree_id: "t1", url: "", state: "running", count: 1, events: [], text: "1 event started again" };

const replies: Record<string, unknown> = {
  "/api/v1/trees/t1": whole,
  "/api/v1/trees/t1/graph": running,
  "/api/v1/trees/t1/forecast": forecast,
  "/api/v1/trees/t1/events/1.2": detail("1.2", "ui", "failed", "reported"),
  "/api/v1/trees/t1/events/1.2/why": {
    ...skippedWhy,
    sub_id: "1.2",
    sentence: "reported FAILED",
    facts: [],
    root: null,
  },
  "/api/v1/trees/t1/events/1.2.1": detail("1.2.1", "app", "skipped", "upstream_failed"),
  "/api/v1/trees/t1/events/1.2.1/why": skippedWhy,
  "/api/v1/projects": { items: [], next_cursor: null },
};

// parts of the page that are chunks of their own are read from disk here, which may take longer than a test waits
beforeAll(
  async () =>
    void (await Promise.all([import("./drawer/event-drawer"), import("./tree-table"), import("./why-project")])),
);

beforeEach(() => vi.unstubAllGlobals());

function open(path: string, more: Record<string, unknown> = {}) {
  const asked = fakeApi({ ...replies, ...more });
  renderAt(path, "/trees/:tree", <TreePage />, [{ path: "events/:sub/:tab?", element: null }]);
  return asked;
}

const press = async (name: string | RegExp) => userEvent.click(await screen.findByRole("button", { name }));
const posts = (asked: ReturnType<typeof fakeApi>) => asked.filter((one) => one.method === "POST");

it("reruns what failed, marks it until the answer is there, and says what was started", async () => {
  let answer = (_: Response) => {};
  const waiting = new Promise<Response>((done) => {
    answer = done;
  });
  const asked = open("/trees/t1?view=table", { "POST /api/v1/trees/t1/rerun": () => waiting });
  await press("Rerun failed");
  expect(await screen.findByText("rerun asked")).toBeTruthy();
  answer(Response.json(acted));
  expect(await screen.findByText("1 event started again")).toBeTruthy();
  await vi.waitFor(() => expect(screen.queryByText("rerun asked")).toBeNull());
  expect(posts(asked)).toEqual([{ method: "POST", path: "/api/v1/trees/t1/rerun", body: { scope: "failed" } }]);
});

it("names what a cancellation cancels before it asks for it", async () => {
  const asked = open("/trees/t1?view=table", { "POST /api/v1/trees/t1/cancel": acted });
  await press("Cancel…");
  const dialog = await screen.findByRole("dialog");
  expect(dialog.textContent).toContain("1 running and 1 waiting");
  await userEvent.click(within(dialog).getByRole("button", { name: "Cancel 2 events" }));
  await vi.waitFor(() => expect(posts(asked).map((one) => one.path)).toEqual(["/api/v1/trees/t1/cancel"]));
});

it.each([
  [409, "Project ui was deleted: it cannot run again."],
  [403, "Only a signed-in user or a user's token may do this."],
  [429, "Too many requests: try again in 3 s."],
  [500, "The server failed. The request id helps to find out why."],
])("keeps the sentence of a %i in the drawer", async (status, sentence) => {
  open("/trees/t1/events/1.2/why?view=table", {
    "POST /api/v1/trees/t1/events/1.2/rerun": () => problem(status, { title: "No", detail: sentence }),
  });
  await press("Rerun + 1 after it");
  const refusal = await within(screen.getByRole("complementary")).findByRole("alert");
  expect(refusal.textContent).toBe(sentence);
});

it("says why once, with its root cause and what to do", async () => {
  open("/trees/t1/events/1.2.1/why?view=table");
  const drawer = await screen.findByRole("complementary");
  const root = await within(drawer).findByRole("link", { name: "ui (1.2)" });
  expect(root.getAttribute("href")).toBe("/trees/t1/events/1.2/why?view=table");
  expect(within(drawer).getAllByText("upstream ui failed")).toHaveLength(1);
  expect(drawer.textContent).toContain("rerun the root cause");
  expect(within(drawer).queryByRole("button", { name: "Rerun" }), "it never ran").toBeNull();
});

it("leads to the actions of an event with a full stop", async () => {
  open("/trees/t1/events/1.2/why?view=table");
  const rerun = await screen.findByRole("button", { name: "Rerun" });
  await userEvent.keyboard(".");
  expect(document.activeElement).toBe(rerun);
});

it("shows the critical path with c, and says so in words", async () => {
  open("/trees/t1?view=table");
  await screen.findByRole("button", { name: /^Critical path/ });
  await userEvent.keyboard("c");
  expect(await screen.findAllByText("critical")).toHaveLength(3);
  await userEvent.keyboard("c");
  await vi.waitFor(() => expect(screen.queryAllByText("critical")).toHaveLength(0));
});

it("tells for which tree a held one waits, and which event opened it", async () => {
  const older = { ...whole, id: "t0", root: { ...whole.root, commit: "9fceb02d0ae598e95dc970b74767f19372d61af8" } };
  const reason = {
    code: "held",
    params: { tree: "t0", rule: "queue" },
    text: "waits until the older tree t0 has ended",
  };
  open("/trees/t1?view=table", {
    "/api/v1/trees/t1": { ...whole, held: true, depth: 2, reason, cause: { tree_id: "t0", sub_id: "1.3" } },
    "/api/v1/trees/t0": older,
  });
  expect((await screen.findByRole("link", { name: "core 9fceb02" })).getAttribute("href")).toBe("/trees/t0");
  const cause = await screen.findByRole("link", { name: "core 9fceb02, event 1.3" });
  expect(cause.getAttribute("href")).toBe("/trees/t0/events/1.3/why");
  expect(screen.getAllByText("held").length, "in the heading and on what waits").toBe(2);
});

it("answers why a project that the filter does not find is not in the tree", async () => {
  open("/trees/t1?view=table&q=billing", {
    "/api/v1/trees/t1/why": {
      project: { id: "b", name: "billing" },
      in_tree: false,
      sentence: "its dependency on core is switched off",
      reasons: [{ code: "dependency_off", params: {}, text: "its dependency on core is switched off" }],
      events: [],
    },
  });
  await press("Why is “billing” not in this tree?");
  expect(await screen.findByText(/its dependency on core is switched off/)).toBeTruthy();
});

it("says so when nobody knows such a project", async () => {
  open("/trees/t1?view=table", {
    "/api/v1/trees/t1/why": () => problem(404, { detail: "There is no such project, or you may not see it." }),
  });
  await press("Why did … not run?");
  await userEvent.type(await screen.findByRole("combobox", { name: "Project" }), "ghost{Enter}");
  expect((await screen.findByRole("alert")).textContent).toContain("no such project");
});

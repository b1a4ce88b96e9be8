import { act, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, beforeEach, expect, it, vi } from "vitest";
import { useOffered } from "@/lib/actions";
import { edge, graph, node } from "@/testing/builders";
import { fakeApi } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { TreePage } from "./tree-page";

const tree = graph({
  nodes: [
    node("1", { project: "core", state: "success" }),
    node("1.1", { project: "net", state: "running" }),
    node("1.2", { project: "ui", state: "failed", reason: "exit 1" }),
    node("1.1.1", { project: "app", reason: "waits for net" }),
  ],
  edges: [
    edge("1", "1.1", "passed"),
    edge("1", "1.2", "passed"),
    edge("1.1", "1.1.1"),
    edge("1.2", "1.1.1", "blocked"),
  ],
});
const why = { sub_id: "1.1.1", state: "waiting", sentence: "Waits for net.", facts: [] };
const event = {
  ...{
    sub_id: "1.1.1",
    project: { id: "a", name: "app" },
    state: "waiting",
    join: "all",
    attempt: 0,
    parents: ["1.1", "1.2"],
  },
  ...{
    reason: null,
    ref: null,
    target: "agent",
    queued_at: null,
    triggered_at: null,
    started_at: null,
    finished_at: null,
  },
  ...{
    run_url: null,
    build_id: null,
    attempts: [],
    inputs: { ref: null, parameters: {}, parents: [] },
    result: null,
    history: [],
  },
};

// parts of the page that are chunks of their own are read from disk here, which may take longer than a test waits
beforeAll(
  async () =>
    void (await Promise.all([
      import("./drawer/event-drawer"),
      import("./tree-table"),
      import("./why-project"),
      import("./timeline/tree-timeline"),
    ])),
);

function Offered() {
  return (
    <ul aria-label="Offered">
      {useOffered().map(({ id, text, run }) => (
        <li key={id}>
          <button type="button" onClick={run}>
            {text}
          </button>
        </li>
      ))}
    </ul>
  );
}

beforeEach(() => {
  vi.unstubAllGlobals();
  fakeApi({
    "/api/v1/trees/t1": { id: "t1", root: { project: { id: "c", name: "core" } }, may_act: true, events: [] },
    "/api/v1/trees/t1/graph": tree,
    "/api/v1/trees/t1/events/1.1.1": event,
    "/api/v1/trees/t1/events/1.1.1/why": why,
  });
});

const open = (path: string) => renderAt(path, "/trees/:tree/*", <TreePage />);
const rowOf = async (name: string) => (await screen.findByRole("link", { name })).closest("tr") as HTMLElement;

it("lists the events as a treegrid, each with its state and why", async () => {
  open("/trees/t1?view=table");
  const grid = await screen.findByRole("treegrid");
  expect(within(grid).getAllByRole("row")).toHaveLength(5);
  const row = await rowOf("app");
  expect(row.textContent).toContain("waiting");
  expect(row.textContent).toContain("waits for net");
  expect(row.textContent).toContain("also after 1.2");
  expect(row.getAttribute("aria-level")).toBe("3");
});

it("changes a row when the topic says so, without another request", async () => {
  const { socket } = open("/trees/t1?view=table");
  act(() => socket.open());
  await rowOf("net");
  const requests = (await rowOf("net")).textContent;
  expect(requests).toContain("running");
  act(() =>
    socket.say({
      topic: "tree:t1",
      version: 2,
      tree: { state: "running" },
      events: [node("1.1", { project: "net", state: "success" })],
      edges: [],
    }),
  );
  await vi.waitFor(async () => expect((await rowOf("net")).textContent).toContain("success"));
});

it("walks to the failure with f", async () => {
  open("/trees/t1?view=table");
  const row = await rowOf("ui");
  await userEvent.keyboard("f");
  expect(document.activeElement).toBe(row);
});

it("offers what can be done here to the palette", async () => {
  const { router } = renderAt(
    "/trees/t1?view=table",
    "/trees/:tree/*",
    <>
      <TreePage />
      <Offered />
    </>,
  );
  await rowOf("ui");
  const offered = within(screen.getByRole("list", { name: "Offered" }));
  await offered.findByText("Rerun what failed");
  for (const text of ["Rerun what failed", "Cancel this tree…", "Copy the tree's link"]) offered.getByText(text);
  expect(offered.queryByText("Rerun everything")).toBeNull();
  await userEvent.click(offered.getByText("Show the timeline"));
  await vi.waitFor(() => expect(router.state.location.search).toBe("?view=timeline"));
});

it("filters by words, and says when nothing is left", async () => {
  open("/trees/t1?view=table");
  await userEvent.type(await screen.findByRole("searchbox", { name: "Filter events" }), "net");
  expect(screen.queryByRole("link", { name: "core" })).toBeNull();
  await userEvent.type(screen.getByRole("searchbox", { name: "Filter events" }), "zzz");
  expect(screen.getByRole("heading", { name: "No event matches the filter" })).toBeTruthy();
});

it("titles the tab with glyph, project and what failed", async () => {
  open("/trees/t1?view=table");
  await screen.findByRole("treegrid");
  expect(document.title).toBe("◔ core — 1 failed of 4 · DominoCI");
});

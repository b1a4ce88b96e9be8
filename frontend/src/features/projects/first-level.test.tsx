import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import type { FirstLevelItem } from "@/lib/api/types";
import { project } from "@/testing/builders";
import { fakeApi } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { FirstLevel } from "./first-level";

const PATH = "/api/v1/projects/core/first-level";
const ALL = { include: [], exclude: [] };
const at = "2026-11-21T10:00:00.000Z";
const tick = (state: FirstLevelItem["last"][number]["state"]) => ({
  tree_id: "t1",
  sub_id: "1.1",
  state,
  at,
  duration_s: 4,
});
const item = (name: string, more: Partial<FirstLevelItem> = {}): FirstLevelItem => ({
  id: name,
  project: { id: name, name },
  target: "webhook",
  join: "each",
  enabled: true,
  filters: { branches: ALL, tags: { include: ["v*"], exclude: [] }, pipelines: ALL },
  state: "failed",
  at,
  tree_id: "t1",
  sub_id: "1.1",
  run_url: "https://ci.example/12",
  build_id: null,
  last: [tick("failed"), tick("success")],
  ...more,
});
const hidden = item("x", {
  project: null,
  target: null,
  join: null,
  enabled: null,
  filters: null,
  at: null,
  tree_id: null,
  sub_id: null,
  run_url: null,
  last: [],
});

beforeEach(() => {
  vi.unstubAllGlobals();
});

async function rows(items: FirstLevelItem[], total = items.length) {
  const asked = fakeApi({ [PATH]: { items, next_cursor: null, total, cut: false } });
  renderAt("/", "/", <FirstLevel project={project()} />);
  const table = await screen.findByRole("table", { name: "Direct dependents" });
  return { asked, rows: within(table).getAllByRole("row").slice(1) };
}

it("shows state, last runs, join and filter in words, and the ways to event and run", async () => {
  const [row] = (await rows([item("billing")])).rows;
  const inside = within(row as HTMLElement);
  expect(inside.getByText("failed")).toBeTruthy();
  expect(inside.getByRole("img", { name: "Last 2: 1 success, 1 failed; the newest failed" })).toBeTruthy();
  expect(inside.getByText("tags v*")).toBeTruthy();
  expect(inside.getByRole("link", { name: /^Open the last event/ }).getAttribute("href")).toBe(
    "/trees/t1/events/1.1/why",
  );
  expect(inside.getByRole("link", { name: /^Pipeline of billing/ }).getAttribute("href")).toBe("https://ci.example/12");
  expect(inside.queryByRole("link", { name: /^Log/ })).toBeNull();
});

it("leads to the log of a run of our own agents", async () => {
  const [row] = (await rows([item("app", { build_id: "b1", run_url: "http://here/builds/b1" })])).rows;
  const inside = within(row as HTMLElement);
  expect(inside.getByRole("link", { name: /^Log/ }).getAttribute("href")).toBe("/builds/b1");
  expect(inside.queryByRole("link", { name: /^Pipeline/ })).toBeNull();
});

it("tells of a private project its state and nothing else", async () => {
  const [row] = (await rows([hidden])).rows;
  expect(within(row as HTMLElement).getByText("Private project")).toBeTruthy();
  expect(within(row as HTMLElement).getByText("failed")).toBeTruthy();
  expect(within(row as HTMLElement).queryByRole("link")).toBeNull();
});

it("asks for all of them when told to", async () => {
  const { asked } = await rows([item("billing")], 240);
  await userEvent.click(screen.getByRole("button", { name: "All 240" }));
  expect(asked.map((one) => one.path)).toEqual([`${PATH}?limit=20`, `${PATH}?limit=1000`]);
});

import { screen, within } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { numbers, project } from "@/testing/builders";
import { fakeApi } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { NumbersCard } from "./numbers-card";

const run = (sub_id: string, state: "success" | "failed", duration_s: number | null) => ({
  tree_id: "t1",
  sub_id,
  state,
  at: "2026-11-21T10:00:00.000Z",
  duration_s,
});

beforeEach(() => {
  vi.unstubAllGlobals();
});

it("draws the last runs from left to right, each a link to its event", async () => {
  const last = [run("1.2", "failed", 5), run("1.1", "success", 10)];
  fakeApi({ "/api/v1/projects/core/numbers": numbers({ last }) });
  renderAt("/", "/", <NumbersCard project={project()} />);
  const ticks = within(await screen.findByRole("list", { name: /^Last 2 runs/ })).getAllByRole("link");
  expect(ticks.map((tick) => tick.getAttribute("href"))).toEqual([
    "/trees/t1/events/1.1/why",
    "/trees/t1/events/1.2/why",
  ]);
  const [first, failed] = ticks;
  expect(first?.getAttribute("aria-label")).toContain("success, 10 s");
  expect(first?.querySelector("svg")).toBeNull();
  expect(failed?.querySelector("svg")).not.toBeNull();
  expect(screen.getByRole("link", { name: "billing" }).getAttribute("href")).toBe("/projects/billing");
});

it("says so when nothing has happened", async () => {
  fakeApi({ "/api/v1/projects/core/numbers": numbers({ trees: { ...numbers().trees, count: 0 } }) });
  renderAt("/", "/", <NumbersCard project={project()} />);
  expect(await screen.findByText(/^No tree in these days/)).toBeTruthy();
});

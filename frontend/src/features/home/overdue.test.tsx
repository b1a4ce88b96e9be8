import { screen } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { fakeApi } from "@/testing/fake-api";
import { renderAt } from "@/testing/render";
import { Overdue } from "./overdue";

beforeEach(() => {
  vi.unstubAllGlobals();
});

it("tells what is overdue, why, and how much is left out", async () => {
  const item = {
    tree_id: "t1",
    sub_id: "1.1",
    project: { id: "p", name: "net" },
    state: "running",
    since: "2026-11-21T09:10:00.000Z",
    elapsed_s: 3900,
    expected_p90_s: 2700,
    deadline_at: null,
    because: "queued 1h 05m ago, while 9 of 10 past runs took at most 45m 00s",
  };
  fakeApi({ "/api/v1/overdue": { items: [item], next_cursor: null, total: 3, cut: false } });
  renderAt("/", "/", <Overdue />);
  expect(await screen.findByText(item.because)).toBeTruthy();
  expect(screen.getByRole("heading", { name: "Overdue (3)" })).toBeTruthy();
  expect(screen.getByRole("link", { name: "Why" }).getAttribute("href")).toBe("/trees/t1/events/1.1/why");
  expect(screen.getByText("2 more are less urgent.")).toBeTruthy();
});

it("says so when nothing is", async () => {
  fakeApi({ "/api/v1/overdue": { items: [], next_cursor: null, total: 0, cut: false } });
  renderAt("/", "/", <Overdue />);
  expect(await screen.findByText("Nothing is overdue.")).toBeTruthy();
});

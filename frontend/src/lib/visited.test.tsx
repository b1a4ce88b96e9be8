import { beforeEach, expect, it } from "vitest";
import { noteVisit, visits, visitsOf } from "./visited";

beforeEach(() => {
  localStorage.clear();
  visitsOf("ada");
});

it("keeps the newest first, each page once, under its newest title", () => {
  noteVisit("/trees/t1", "core 9fceb02 — running");
  noteVisit("/projects/core", "core");
  noteVisit("/trees/t1/events/1.2/why", "core 9fceb02 — 2 failed of 7");
  expect(visits()).toEqual([
    { to: "/trees/t1", text: "core 9fceb02 — 2 failed of 7" },
    { to: "/projects/core", text: "core" },
  ]);
});

it("keeps fifty, no lists, and for each account its own", () => {
  for (let i = 0; i < 60; i++) noteVisit(`/builds/${i}`, `core #${i}`);
  for (const list of ["/trees", "/projects/new", "/", "/me/profile"]) noteVisit(list, "a list");
  expect(visits()).toHaveLength(50);
  expect(visits()[0]).toEqual({ to: "/builds/59", text: "core #59" });
  visitsOf("bob");
  expect(visits()).toEqual([]);
});

it("forgets what it cannot read", () => {
  for (const kept of ["{", '{"to":"/trees/x"}', '[null, 1, {"to":"https://evil.test","text":"x"}]']) {
    localStorage.setItem("dominoci-visited:ada", kept);
    expect(visits()).toEqual([]);
  }
});

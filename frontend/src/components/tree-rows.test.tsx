import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import type { TreeSummary } from "@/lib/api/types";
import { renderAt } from "@/testing/render";
import { TreeRows } from "./tree-rows";
import { TreeSentence } from "./tree-sentence";

const OTHER = "01a1fdc0-7bf8-7000-bf81-b8615a6a1bba";
const tree: TreeSummary = {
  id: "t1",
  state: "running",
  root: { project: { id: "p", name: "core" }, commit: null, branch: "main", tag: null, message: "Fix", pipeline: null },
  reason: { code: "held", params: { tree: OTHER }, text: "waits" },
  counts: { waiting: 1 },
  held: true,
  depth: 1,
  cause: { tree_id: "t0", sub_id: "1.2" },
  event_count: 1,
  opened_at: "2026-11-21T10:00:00.000Z",
  finished_at: null,
  version: 1,
  url: "/trees/t1",
};

it("says which tree a held one waits for, and what set it off", () => {
  renderAt("/", "/", <TreeRows trees={[tree]} label="Trees" />);
  expect(screen.getByRole("link", { name: "the tree before it" }).getAttribute("href")).toBe(`/trees/${OTHER}`);
  expect(screen.getByRole("link", { name: /set off by event 1\.2/ }).getAttribute("href")).toBe(
    "/trees/t0/events/1.2/why",
  );
});

it("turns the ids within a sentence into short links", () => {
  renderAt("/", "/", <TreeSentence text={`would wait until ${OTHER} has ended`} />);
  expect(screen.getByRole("link", { name: "…6a1bba" }).getAttribute("href")).toBe(`/trees/${OTHER}`);
  expect(screen.getByTitle(/^would wait/).textContent).toBe("would wait until …6a1bba has ended");
});

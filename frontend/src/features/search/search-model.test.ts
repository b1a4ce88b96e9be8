import { expect, it } from "vitest";
import type { Found, SearchResult } from "@/lib/api/types";
import { groupsOf, step } from "./search-model";

const found = (kind: Found["kind"], title: string, more: Partial<Found> = {}): Found => ({
  kind,
  id: title,
  title,
  subtitle: null,
  url: `/${kind}s/${title}`,
  tree_id: null,
  sub_id: null,
  state: null,
  ...more,
});

const result = (q: string, more: Partial<SearchResult> = {}): SearchResult => ({
  q,
  projects: [],
  trees: [],
  events: [],
  builds: [],
  artifacts: [],
  ...more,
});

it("groups what was found, and leaves out the kinds without anything", () => {
  const groups = groupsOf(
    result("core", {
      trees: [found("tree", "core 9fceb02", { state: "running" })],
      projects: [found("project", "core")],
    }),
  );
  expect(groups.map((group) => group.name)).toEqual(["Projects", "Trees"]);
  expect(groups[1]?.hits[0]).toMatchObject({ to: "/trees/core 9fceb02", state: "running" });
});

it("leads from a commit to the combos that hold it", () => {
  expect(groupsOf(result("9fceb02"))[0]?.hits[0]?.to).toBe("/combos?commit=9fceb02");
  expect(groupsOf(result("core"))).toEqual([]);
});

it("walks in a circle", () => {
  expect(step(-1, 1, 3)).toBe(0);
  expect(step(-1, -1, 3)).toBe(2);
  expect(step(2, 1, 3)).toBe(0);
  expect(step(0, -1, 3)).toBe(2);
  expect(step(0, 1, 0)).toBe(-1);
});

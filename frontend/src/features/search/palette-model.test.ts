import { expect, it } from "vitest";
import type { SearchResult } from "@/lib/api/types";
import { foundGroups, localGroups, rankOf, searchAll } from "./palette-model";

const known = {
  actions: [{ id: "copy", text: "Copy the link of this page", keys: "y", run() {} }],
  places: [
    { text: "Projects", to: "/projects", keys: "g p" },
    { text: "Trees", to: "/trees", keys: "g t" },
  ],
  names: ["app-web", "lib-core", "core", "score-board"],
};
const titles = (typed: string) =>
  localGroups(known, typed).map((group) => [group.name, ...group.options.map((o) => o.title)]);

it.each([
  ["core", "core", 0],
  ["core-lib", "core", 0],
  ["lib-core", "core", 1],
  ["score", "core", 2],
  ["lib-core", "lcr", 3],
  ["lib-core", "xyz", null],
  ["Lib-Core", "LIB", 0],
])("%s fits %s as %s", (text, typed, rank) => {
  expect(rankOf(text, typed)).toBe(rank);
});

it("shows what can be done and where to go before anything is typed", () => {
  expect(titles("")).toEqual([
    ["Here", "Copy the link of this page"],
    ["Go to", "Projects", "Trees"],
  ]);
});

it("finds projects by any part of their names, the best first", () => {
  expect(titles("core")[0]).toEqual(["Projects", "core", "lib-core", "score-board"]);
});

it("offers only what can be done behind a >", () => {
  expect(titles(">")).toEqual([["Here", "Copy the link of this page"]]);
  expect(titles("> co")).toEqual([["Here", "Copy the link of this page"]]);
  expect(titles("> nothing of the kind")).toEqual([]);
});

it("adds what the server found below, without what is shown already", () => {
  const found = (kind: "project" | "tree", title: string, url: string) => ({
    kind,
    id: title,
    title,
    subtitle: null,
    url,
    tree_id: null,
    sub_id: null,
    state: null,
  });
  const result: SearchResult = {
    q: "core",
    projects: [found("project", "core", "/projects/core"), found("project", "old core", "/projects/x")],
    trees: [found("tree", "core 9fceb02", "/trees/t1")],
    events: [],
    builds: [],
    artifacts: [],
  };
  const groups = foundGroups(result, localGroups(known, "core"));
  expect(groups.map((group) => [group.name, ...group.options.map((option) => option.title)])).toEqual([
    ["More projects", "old core"],
    ["Trees", "core 9fceb02"],
  ]);
});

it("looks through all trees by commit for what may be one, else by branch", () => {
  expect(searchAll("9fceb02").options[1]?.to).toBe("/trees?commit=9fceb02");
  expect(searchAll("release/1").options[1]?.to).toBe("/trees?branch=release%2F1");
});

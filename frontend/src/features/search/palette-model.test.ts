import { expect, it } from "vitest";
import type { SearchResult } from "@/lib/api/types";
import {
  eventHere,
  foundGroups,
  jobsGroup,
  localGroups,
  pageHere,
  peopleGroup,
  rankOf,
  searchAll,
} from "./palette-model";

const known = {
  actions: [{ id: "copy", text: "Copy the link of this page", keys: "y", run() {} }],
  places: [
    { text: "Projects", to: "/projects", keys: "g p" },
    { text: "Trees", to: "/trees", keys: "g t" },
  ],
  names: ["app-web", "lib-core", "core", "score-board"],
  agents: [{ id: "a1", name: "builder-7", state: "busy" as const }],
  visited: [
    { to: "/trees/t1", text: "lib-core 9fceb02 — 2 failed of 7" },
    { to: "/projects/core", text: "core" },
  ],
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
    ["Visited", "lib-core 9fceb02 — 2 failed of 7", "core"],
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

it("finds what was looked at last by its title, once, and agents by their names", () => {
  expect(titles("9fceb02")).toEqual([["Visited", "lib-core 9fceb02 — 2 failed of 7"]]);
  expect(titles("core").filter(([name]) => name === "Visited")).toEqual([["Visited", known.visited[0]?.text]]);
  expect(localGroups(known, "builder").flatMap((group) => group.options)).toMatchObject([
    { title: "builder-7", subtitle: "busy", to: "/agents/a1" },
  ]);
});

it("leads admins to the people whose name it is", () => {
  const ada = { id: "u1", name: "ada", full_name: "Ada Lovelace" };
  expect(peopleGroup([ada], "love")[0]?.options[0]).toMatchObject({ title: "ada", to: "/admin/users?q=ada" });
  expect(peopleGroup([ada], "grace")).toEqual([]);
});

it("leads to the jobs that were found, and tells how their last builds ended", () => {
  const jobs = [
    { id: "j1", path: "tools/hello", title: "Greets", recent: [{ state: "failed" }] },
    { id: "j2", path: "tools/old", title: "", recent: [] },
  ];
  expect(jobsGroup(jobs, "greet")[0]?.options).toMatchObject([
    { title: "tools/hello", subtitle: "Greets", state: "failed", to: "/jobs/tools/hello" },
  ]);
  expect(jobsGroup(jobs, "tools")[0]?.options.map((one) => one.state)).toEqual([null, "failed"]);
});

it.each([
  ["1.2", "/trees/t%201", "/trees/t%201/events/1.2/why"],
  ["1.2", "/trees/t1/events/1/why", "/trees/t1/events/1.2/why"],
  ["1.2", "/trees", null],
  ["1.2", "/builds/b", null],
  ["core", "/trees/t1", null],
])("the sub id %s, pasted at %s, leads to %s", (typed, pathname, to) => {
  expect(eventHere(typed, pathname)[0]?.options[0]?.to ?? null).toBe(to);
});

it.each([
  ["https://ci.test/builds/b?step=2#L3", "/builds/b?step=2#L3"],
  ["https://ci.test.evil/builds", null],
  ["/builds/b", null],
])("the address %s leads to %s of this site", (typed, to) => {
  expect(pageHere(typed, "https://ci.test")[0]?.options[0]?.to ?? null).toBe(to);
});

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { changesOf, exportPath, filterOf, KNOWN } from "./audit-model";

it("knows every action that the server knows", () => {
  const document = JSON.parse(readFileSync("../docs/openapi.json", "utf8"));
  expect([...KNOWN].sort()).toEqual([...document.components.schemas.AuditItem.properties.action.enum].sort());
});

it("reads the filter from the address, and leaves out what cannot be", () => {
  const read = (query: string) => filterOf(new URLSearchParams(query));
  expect(read("who=ada&action=project.changed&object=p1")).toEqual({
    who: "ada",
    action: "project.changed",
    object: "p1",
  });
  expect(read("who=%20&action=project.eaten&since=yesterday&until=")).toEqual({});
});

it("counts both days that are named, from midnight to midnight of the reader", () => {
  const { since, until } = filterOf(new URLSearchParams("since=2026-11-20&until=2026-11-20"));
  expect(Date.parse(until ?? "") - Date.parse(since ?? "")).toBe(86_400_000);
  expect(new Date(since ?? "").getDate()).toBe(20);
});

it("takes the same question along", () => {
  expect(exportPath({ who: "ada b" }, "csv")).toBe("/api/v1/audit?who=ada+b&format=csv");
});

it("pairs what was with what is", () => {
  const before = { branch: "main", owner: null, globs: ["a"] };
  const after = { branch: "trunk", secret: "set" };
  expect(changesOf({ before, after })).toEqual([
    ["branch", "main", "trunk"],
    ["owner", null, null],
    ["globs", '["a"]', null],
    ["secret", null, "set"],
  ]);
  expect(changesOf({ before: null, after: null })).toEqual([]);
});

import { expect, it } from "vitest";
import { safeNext } from "./next-url";

it.each(["/trees/t1/events/1.1/why", "/builds/b1?step=2#L120", "/projects?q=a%2Fb", "/_x"])("goes on to %s", (next) => {
  expect(safeNext(next)).toBe(next);
});

it.each([
  null,
  undefined,
  "",
  "/",
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "https:evil.example",
  "https://evil.example/",
  "trees",
  "/trees//evil",
  "/trees\\evil",
  "/trees\n",
  "/tr\u0000ees",
  "/\tevil",
  "/.evil",
  "javascript:alert(1)",
])("goes home instead of to %j", (next) => {
  expect(safeNext(next)).toBe("/");
});

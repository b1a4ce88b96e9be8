import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  type ApiDocument,
  callersOf,
  curlOf,
  fieldsOf,
  findOperations,
  type Operation,
  topicsOf,
  typeOf,
} from "./reference-model";

const document: ApiDocument = JSON.parse(
  readFileSync(new URL("../../../../docs/openapi.json", import.meta.url), "utf8"),
);
const topics = topicsOf(document);
const operation = (method: string, path: string): Operation => {
  const found = topics.flatMap((topic) => topic.operations).find((one) => one.method === method && one.path === path);
  if (!found) throw new Error(`${method} ${path} is not there`);
  return found;
};

describe("topicsOf", () => {
  it("shows every operation of the real document once, each with who may call it", () => {
    const all = topics.flatMap((topic) => topic.operations);
    const described = Object.values(document.paths).flatMap((item) =>
      Object.keys(item).filter((key) => key !== "parameters"),
    );
    expect(all).toHaveLength(described.length);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(all.filter((one) => !callersOf(one) || !one.summary)).toEqual([]);
  });

  it("tells what an operation takes and answers", () => {
    const report = operation("POST", "/api/v1/events");
    expect(callersOf(report)).toBe("a project's token, a CI job with a signed token");
    expect(report.inHeader.map(({ name }) => name)).toEqual(["Idempotency-Key"]);
    const names = report.body?.fields.map(({ name }) => name) ?? [];
    expect(names).toContain("metadata.branch");
    expect(names).toContain("artifacts[].url");
    expect(report.body?.fields.find(({ name }) => name === "status")?.required).toBe(true);
    expect(report.answers.map(({ status }) => status)).toEqual(["200", "201"]);
    expect(JSON.parse(report.answers[0]?.example ?? "")).toHaveProperty("tree_id");
    expect(report.refusals).toContain("422");
  });

  it("takes parameters of the address along", () => {
    const tree = operation("GET", "/api/v1/trees/{tree}");
    expect(tree.inPath.map(({ name }) => name)).toEqual(["tree"]);
  });
});

describe("typeOf", () => {
  it("says a field's kind and limits in words", () => {
    expect(typeOf({ type: ["string", "null"], maxLength: 64 })).toBe("text, at most 64 characters, or null");
    expect(typeOf({ type: "integer", minimum: 1, maximum: 200 })).toBe("whole number, 1 to 200");
    expect(typeOf({ type: "array", items: { type: "string" }, maxItems: 3 })).toBe("list of text, at most 3 of them");
    expect(typeOf({ type: "string", enum: ["all", "each"] })).toBe("all | each");
    expect(typeOf({ type: "string", format: "date-time" })).toBe("time");
  });
});

it("goes into a schema only so deep, also when it refers to itself", () => {
  const self: ApiDocument = {
    info: { version: "1" },
    paths: {},
    components: { schemas: { Node: { type: "object", properties: { next: { $ref: "#/components/schemas/Node" } } } } },
  };
  const names = fieldsOf(self, { $ref: "#/components/schemas/Node" }).map(({ name }) => name);
  expect(names).toEqual(["next", "next.next", "next.next.next", "next.next.next.next"]);
});

describe("curlOf", () => {
  it("is a command that a shell reads as it is meant", () => {
    expect(curlOf(operation("GET", "/healthz"), "http://a")).toBe('curl "http://a/healthz"');
    const base = operation("POST", "/api/v1/events");
    const quoted = { ...base, body: { fields: [], example: `{"a": "it's"}` } };
    expect(curlOf(quoted, "http://a").split(" \\\n  ")).toEqual([
      'curl --request POST "http://a/api/v1/events"',
      '--header "Authorization: Bearer $DOMINOCI_TOKEN"',
      '--header "Content-Type: application/json"',
      `--data '{"a": "it'\\''s"}'`,
    ]);
  });
});

it("finds routes by every word of their method, address and summary", () => {
  const found = findOperations(topics, "post rerun").flatMap((topic) => topic.operations.map(({ path }) => path));
  expect(found).toEqual([
    "/api/v1/trees/{tree}/rerun",
    "/api/v1/trees/{tree}/events/{sub}/rerun",
    "/api/v1/builds/{build}/rerun",
  ]);
  expect(findOperations(topics, "nothing has this")).toEqual([]);
  expect(findOperations(topics, " ")).toBe(topics);
});

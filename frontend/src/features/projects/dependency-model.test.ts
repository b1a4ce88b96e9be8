import { expect, it } from "vitest";
import { ApiError } from "@/lib/api/problem";
import { isGeneral, parameterProblem, parametersProblem, REFERENCES, refused, rulesOf } from "./dependency-model";

const form = (fields: [string, string][]) => {
  const data = new FormData();
  for (const [name, value] of fields) data.append(name, value);
  return data;
};

const reference = (name: string) => `\${${name}}`;

it("reads a form", () => {
  const rules = rulesOf(
    form([
      ["join", "each"],
      ["branches.include", "main, release/* ,"],
      ["tags.exclude", "v0*"],
      ["ref", "fixed"],
      ["ref_value", "refs/tags/v1"],
      ["parameter.name", "CORE"],
      ["parameter.value", reference("parent.commit")],
      ["parameter.name", ""],
      ["parameter.value", "nobody's"],
    ]),
  );
  expect(rules).toEqual({
    join: "each",
    filters: {
      branches: { include: ["main", "release/*"], exclude: [] },
      tags: { include: [], exclude: ["v0*"] },
      pipelines: { include: [], exclude: [] },
    },
    ref: { use: "fixed", value: "refs/tags/v1" },
    parameters: { CORE: reference("parent.commit") },
  });
});

it("finds the field that each refusal is about", () => {
  const errors = {
    "filters.branches.include.0": ["Too long."],
    "parameters.A B.key": ["Names are letters."],
    parameters: [`CORE: ${reference("x.y")} is not known`, "At most 100."],
  };
  const error = new ApiError({ errors }, 422);
  expect(refused(error, "filters.branches.include")).toBe("Too long.");
  expect(refused(error, "filters.tags.include")).toBeUndefined();
  expect(parameterProblem(error, "A B")).toEqual({ name: "Names are letters." });
  expect(parameterProblem(error, "CORE")).toEqual({ value: `${reference("x.y")} is not known` });
  expect(parametersProblem(error, ["A B", "CORE"])).toBe("At most 100.");
  expect(isGeneral(error)).toBe(false);
  expect(isGeneral(new ApiError({ cycle: ["a", "b", "a"] }, 409))).toBe(true);
});

it("offers every name that the server knows", () => {
  expect(REFERENCES).toContain(reference("root.message"));
  expect(REFERENCES).not.toContain(reference("root.sub_id"));
  expect(REFERENCES).toHaveLength(15);
});

/** A dependency as its form has it: globs by commas, parameters by rows, and what the server refused, by field. */
import { ApiError, asApiError } from "@/lib/api/problem";
import type { Dependency } from "@/lib/api/types";

export type Rules = Pick<Dependency, "join" | "filters" | "ref" | "parameters">;

export const FILTERED = ["branches", "tags", "pipelines"] as const;

/** What values of parameters may refer to. */
export const REFERENCES = [
  ...["parent", "root"].flatMap((whose) =>
    ["commit", "branch", "tag", "pipeline", "message", "project"].map((fact) => `${whose}.${fact}`),
  ),
  "parent.sub_id",
  "tree.id",
  "event.sub_id",
].map((name) => `\${${name}}`);

export function rulesOf(form: FormData): Rules {
  const text = (name: string) => String(form.get(name) ?? "").trim();
  const use = text("ref");
  return {
    join: text("join") === "each" ? "each" : "all",
    filters: Object.fromEntries(
      FILTERED.map((kind) => [
        kind,
        { include: globsOf(text(`${kind}.include`)), exclude: globsOf(text(`${kind}.exclude`)) },
      ]),
    ) as Rules["filters"],
    ref:
      use === "fixed" ? { use, value: text("ref_value") } : { use: use === "same" ? "same" : "default", value: null },
    parameters: parametersOf(form),
  };
}

export const globsOf = (text: string): string[] =>
  text
    .split(",")
    .map((glob) => glob.trim())
    .filter(Boolean);

/** Rows without a name are empty ones. */
function parametersOf(form: FormData): Record<string, string> {
  const values = form.getAll("parameter.value").map(String);
  const rows = form.getAll("parameter.name").map((name, i) => [String(name).trim(), values[i] ?? ""] as const);
  return Object.fromEntries(rows.filter(([name]) => name));
}

/** All that was refused at a field or within it, without the path to it. */
export function refused(error: unknown, field: string): string | undefined {
  if (!(error instanceof ApiError)) return undefined;
  const texts = Object.entries(error.fields).flatMap(([name, said]) =>
    name === field || name.startsWith(`${field}.`) ? said : [],
  );
  return texts.length ? texts.join(" ") : undefined;
}

export interface ParameterProblem {
  name?: string;
  value?: string;
}

/** What was refused of one parameter. The server says it of the name, of the value, or as `NAME: …` of all of them. */
export function parameterProblem(error: unknown, name: string): ParameterProblem {
  if (!name || !(error instanceof ApiError)) return {};
  const named = error.fields[`parameters.${name}.key`];
  const valued = [
    ...(error.fields[`parameters.${name}.value`] ?? []),
    ...whole(error)
      .filter((text) => text.startsWith(`${name}: `))
      .map((text) => text.slice(name.length + 2)),
  ];
  return { ...(named ? { name: named.join(" ") } : {}), ...(valued.length ? { value: valued.join(" ") } : {}) };
}

/** What was refused of the parameters together, like their number. */
export function parametersProblem(error: unknown, names: readonly string[]): string | undefined {
  if (!(error instanceof ApiError)) return undefined;
  const rest = whole(error).filter((text) => !names.some((name) => name && text.startsWith(`${name}: `)));
  return rest.length ? rest.join(" ") : undefined;
}

const whole = (error: ApiError): string[] => error.fields.parameters ?? [];

/** Whether the refusal has to be said above the form: nothing of it belongs to a field. */
export function isGeneral(error: unknown): boolean {
  const { cycle, fields } = asApiError(error);
  return cycle !== null || Object.keys(fields).length === 0;
}

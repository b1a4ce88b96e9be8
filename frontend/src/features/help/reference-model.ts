/** The OpenAPI document as the reference shows it: operations by topic, their fields in words, a command for each. */

export interface ApiDocument {
  info: { version: string; description?: string };
  tags?: { name: string; description?: string }[];
  paths: Record<string, Record<string, ApiOperation> & { parameters?: ApiParameter[] }>;
  components: { schemas: Record<string, Schema>; parameters?: Record<string, ApiParameter> };
}

export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  enum?: unknown[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  additionalProperties?: boolean | Schema;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  maxItems?: number;
}

interface ApiParameter {
  $ref?: string;
  in: string;
  name: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
}

interface Content {
  schema?: Schema;
  example?: unknown;
  examples?: Record<string, { value?: unknown }>;
}

interface ApiOperation {
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: ApiParameter[];
  requestBody?: { content?: Record<string, Content> };
  responses?: Record<string, { $ref?: string; description?: string; content?: Record<string, Content> }>;
  "x-callers"?: string[];
}

export interface Field {
  name: string;
  type: string;
  required: boolean;
  description: string;
}

export interface Answer {
  status: string;
  description: string;
  example: string | null;
}

export interface Operation {
  id: string;
  method: string;
  path: string;
  topic: string;
  summary: string;
  description: string;
  callers: string[];
  inPath: Field[];
  inQuery: Field[];
  inHeader: Field[];
  body: { fields: Field[]; example: string | null } | null;
  answers: Answer[];
  refusals: string[];
}

export interface Topic {
  name: string;
  description: string;
  operations: Operation[];
}

const METHODS = ["get", "post", "put", "patch", "delete"];
const CALLERS: Record<string, string> = {
  anyone: "anyone",
  user: "a user",
  admin: "an admin",
  project: "a project's token",
  event: "an event token",
  agent: "an agent",
  build: "a running build",
  enrolment: "an enrolment token",
  hook: "a repository's hook",
  job: "a CI job with a signed token",
};

/** Who may call, as a list in words. */
export function callersOf(operation: Operation): string {
  return operation.callers.map((caller) => CALLERS[caller] ?? caller).join(", ");
}

export function topicsOf(document: ApiDocument): Topic[] {
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const found = item[method];
      return found ? [operationOf(document, method, path, found, item.parameters ?? [])] : [];
    }),
  );
  const described = new Map(document.tags?.map((tag) => [tag.name, tag.description ?? ""]));
  const names = [...new Set([...described.keys(), ...operations.map(({ topic }) => topic)])];
  return names
    .map((name) => ({
      name,
      description: described.get(name) ?? "",
      operations: operations.filter(({ topic }) => topic === name),
    }))
    .filter((topic) => topic.operations.length);
}

function operationOf(
  document: ApiDocument,
  method: string,
  path: string,
  found: ApiOperation,
  shared: ApiParameter[],
): Operation {
  const parameters = [...shared, ...(found.parameters ?? [])].map((one) => named(document, one));
  const among = (place: string) => parameters.filter((one) => one.in === place).map((one) => parameterField(one));
  const answers = Object.entries(found.responses ?? {});
  return {
    id: `${method}-${path.replace(/[^\w]+/g, "-").replace(/^-|-$/g, "")}`,
    method: method.toUpperCase(),
    path,
    topic: found.tags?.[0] ?? "other",
    summary: found.summary ?? "",
    description: found.description ?? "",
    callers: found["x-callers"] ?? [],
    inPath: among("path"),
    inQuery: among("query"),
    inHeader: among("header"),
    body: bodyOf(document, found),
    answers: answers
      .filter(([status]) => /^[23]/.test(status))
      .map(([status, answer]) => ({
        status,
        description: answer.description ?? "",
        example: exampleOf(answer.content),
      })),
    refusals: answers.map(([status]) => status).filter((status) => /^[45]/.test(status)),
  };
}

function named(document: ApiDocument, parameter: ApiParameter): ApiParameter {
  const name = parameter.$ref?.split("/").at(-1);
  return (name && document.components.parameters?.[name]) || parameter;
}

function parameterField({ name, schema = {}, required = false, description }: ApiParameter): Field {
  return { name, type: typeOf(schema), required, description: description ?? schema.description ?? "" };
}

function bodyOf(document: ApiDocument, operation: ApiOperation): Operation["body"] {
  const content = operation.requestBody?.content;
  const first = content && Object.values(content)[0];
  if (!first) return null;
  return { fields: fieldsOf(document, first.schema ?? {}), example: exampleOf(content) };
}

function exampleOf(content: Record<string, Content> | undefined): string | null {
  const json = content?.["application/json"];
  const example = json?.example ?? Object.values(json?.examples ?? {})[0]?.value;
  return example === undefined ? null : JSON.stringify(example, null, 2);
}

const DEEPEST = 3;

/** Every field of a body, those of nested objects by their dotted names. */
export function fieldsOf(document: ApiDocument, schema: Schema, prefix = "", depth = 0): Field[] {
  const { properties = {}, required = [] } = resolved(document, schema);
  return Object.entries(properties).flatMap(([key, part]) => {
    const name = prefix + key;
    const inner = resolved(document, part);
    const own = {
      name,
      type: typeOf(inner),
      required: required.includes(key),
      description: part.description ?? inner.description ?? "",
    };
    const below = inner.items ? resolved(document, inner.items) : inner;
    const nested = depth < DEEPEST && below.properties;
    return [own, ...(nested ? fieldsOf(document, below, `${name}${inner.items ? "[]" : ""}.`, depth + 1) : [])];
  });
}

function resolved(document: ApiDocument, schema: Schema): Schema {
  const name = schema.$ref?.split("/").at(-1);
  if (name) return resolved(document, document.components.schemas[name] ?? {});
  const choice = [...(schema.allOf ?? []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].find(
    (one) => one.type !== "null",
  );
  return choice && !schema.properties ? { ...resolved(document, choice), ...withoutChoices(schema) } : schema;
}

function withoutChoices({ allOf, anyOf, oneOf, ...rest }: Schema): Schema {
  return rest;
}

/** `text, at most 100 characters, or null`. */
export function typeOf(schema: Schema): string {
  const kinds = [schema.type ?? []].flat();
  const kind = kinds.find((one) => one !== "null") ?? (schema.enum ? "string" : "object");
  const said = schema.enum ? schema.enum.filter((one) => one !== null).join(" | ") : kindOf(kind, schema);
  return [said, ...limitsOf(schema)].join(", ") + (kinds.includes("null") ? ", or null" : "");
}

function kindOf(kind: string, schema: Schema): string {
  if (kind === "array") return `list of ${schema.items ? typeOf(schema.items) : "anything"}`;
  if (kind === "string") return schema.format === "date-time" ? "time" : "text";
  return { integer: "whole number", boolean: "true | false" }[kind] ?? kind;
}

function limitsOf(schema: Schema): string[] {
  const { minimum: low, maximum: high, maxLength: longest, maxItems: most } = schema;
  const limits: string[] = [];
  if (low !== undefined && high !== undefined) limits.push(`${low} to ${high}`);
  else if (low !== undefined && low > 0) limits.push(`at least ${low}`);
  else if (high !== undefined) limits.push(`at most ${high}`);
  if (longest !== undefined && !schema.enum) limits.push(`at most ${longest} characters`);
  if (most !== undefined) limits.push(`at most ${most} of them`);
  return limits;
}

/** The call as a command; names in braces are to be replaced. */
export function curlOf(operation: Operation, origin: string): string {
  const lines = [
    `curl ${operation.method === "GET" ? "" : `--request ${operation.method} `}"${origin}${operation.path}"`,
  ];
  if (!operation.callers.includes("anyone")) lines.push(`--header "Authorization: Bearer $DOMINOCI_TOKEN"`);
  if (operation.body?.example)
    lines.push(`--header "Content-Type: application/json"`, `--data ${quoted(operation.body.example)}`);
  return lines.join(" \\\n  ");
}

/** One word for a POSIX shell. */
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** Operations whose address or summary holds every word. */
export function findOperations(topics: Topic[], query: string): Topic[] {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (!wanted.length) return topics;
  const fits = ({ method, path, summary }: Operation) => {
    const text = `${method} ${path} ${summary}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  };
  return topics
    .map((topic) => ({ ...topic, operations: topic.operations.filter(fits) }))
    .filter((topic) => topic.operations.length);
}

import { expect, it } from "vitest";
import type { Target } from "@/lib/api/types";
import { target } from "@/testing/builders";
import { foreseenSteps } from "./connection-model";

const having = (...names: string[]): Partial<Target> => ({ secrets: names.map((name) => ({ name, set_at: null })) });

it.each<[what: string, of: Partial<Target>, last: string[]]>([
  ["own agents", {}, ["agents"]],
  ["a webhook", { kind: "webhook" }, ["signature"]],
  ["Jenkins without a user", { kind: "jenkins", job: "a", ...having("token") }, ["dry run"]],
  ["Jenkins with one", { kind: "jenkins", job: "a", ...having("api_token") }, ["target", "parameters", "dry run"]],
  ["Jenkins with parameters", { kind: "jenkins", mode: "build", job: "a" }, ["credentials", "target", "parameters"]],
  ["GitLab", { kind: "gitlab", ...having("token") }, ["credentials", "parameters"]],
  ["a workflow", { kind: "github", workflow: "a.yml" }, ["parameters", "callback"]],
  ["a repository dispatch", { kind: "github", event_type: "a" }, ["target", "callback"]],
])("foresees how a test of %s ends", (_, of, last) => {
  expect(foreseenSteps(target(of)).slice(-last.length)).toEqual(last);
});

import { expect, it } from "vitest";
import { target } from "@/testing/builders";
import { type Kind, keepsSecrets, originOf, targetOf, targetText } from "./target-model";

const form = (fields: Record<string, string>) => {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
};

it("sends what was filled in of the kind that was chosen, and nothing else", () => {
  expect(
    targetOf(form({ kind: "gitlab", url: " ", project: " team/core ", token: "t", job: "x", starts: "y" })),
  ).toEqual({
    kind: "gitlab",
    project: "team/core",
    token: "t",
  });
  expect(targetOf(form({ kind: "nonsense", pipeline: "build" }))).toEqual({ kind: "agent", pipeline: "build" });
  expect(targetOf(form({ kind: "agent", job: "tools/hello", labels: "linux, gpu,", priority: "-5" }))).toEqual({
    kind: "agent",
    job: "tools/hello",
    labels: ["linux", "gpu"],
    priority: -5,
  });
});

it.each<[kind: Kind, address: string, origin: string]>([
  ["gitlab", "", "https://gitlab.com"],
  ["github", " ", "https://api.github.com"],
  ["jenkins", "", ""],
  ["jenkins", "https://CI.example:8443/jenkins?x#y", "https://ci.example:8443"],
  ["webhook", "half an address", ""],
])("knows where %s at '%s' is", (kind, address, origin) => expect(originOf(kind, address)).toBe(origin));

it("keeps secrets only at the same server", () => {
  const saved = target({ kind: "github", api_url: null });
  expect(keepsSecrets(saved, "https://api.github.com/")).toBe(true);
  expect(keepsSecrets(saved, "https://github.example/api/v3")).toBe(false);
});

it("says in a few words where a pipeline runs", () => {
  const texts = [
    target({ job: "tools/hello" }),
    target({ kind: "jenkins", job: "a/b", url: "https://ci.example" }),
    target({ kind: "gitlab", project: "team/core" }),
    target({ kind: "github", repository: "team/core", workflow: "ci.yml" }),
  ].map(targetText);
  expect(texts).toEqual([
    "our own agents, job tools/hello",
    "Jenkins, a/b at https://ci.example",
    "GitLab, team/core",
    "GitHub Actions, ci.yml of team/core",
  ]);
});

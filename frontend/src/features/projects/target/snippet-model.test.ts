import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { project, target } from "@/testing/builders";
import { instructionsFor } from "./snippet-model";

const ORIGIN = "https://dominoci.test";
const of = (more: Parameters<typeof target>[0], rest = {}) =>
  instructionsFor(project({ name: "lib-core", target: target(more), ...rest }), ORIGIN);
const text = (more: Parameters<typeof target>[0], rest = {}) =>
  of(more, rest)
    .snippets.map((one) => one.text)
    .join("\n");

it.each(["agent", "jenkins", "gitlab", "github", "webhook"] as const)(
  "fills in where %s reports to, and no token but by the name of a variable",
  (kind) => {
    const { snippets, needed } = of({ kind });
    expect(snippets.some((one) => one.text.includes(ORIGIN))).toBe(true);
    expect(snippets.every((one) => !/dc[pe]_\w/.test(one.text))).toBe(true);
    expect(needed.some(({ name }) => /dominoci.token/i.test(name))).toBe(true);
  },
);

it("has the Generic Webhook Trigger for one mode of Jenkins, and declared parameters for the other", () => {
  expect(text({ kind: "jenkins" })).toContain("GenericTrigger(");
  const build = text({ kind: "jenkins", mode: "build" }, { default_branch: "it's" });
  expect(build).not.toContain("GenericTrigger(");
  expect(build).toContain("string(name: 'DOMINO_DELIVERY_ID'");
  expect(build).toContain("password(name: 'DOMINO_EVENT_TOKEN'");
  expect(build).toContain("defaultValue: 'it\\'s'");
});

it("marks the runs of GitHub so that they are found by name, for either kind of dispatch", () => {
  const marked = /^run-name: \$\{\{ .* && format\('\[domino:\{0\}\/\{1\}\/\{2\}\]', .*\) \|\| '' \}\}$/m;
  const dispatch = text({ kind: "github", workflow: "ci.yml", repository: "team/core" });
  expect(dispatch).toMatch(marked);
  expect(dispatch).toMatch(/workflow_dispatch:\n {4}inputs:\n {6}domino:/);
  expect(of({ kind: "github", workflow: "ci.yml", repository: "team/core" }).snippets[0]?.into).toContain(
    ".github/workflows/ci.yml of team/core",
  );
  const event = text({ kind: "github", event_type: "a: b" });
  expect(event).toMatch(marked);
  expect(event).toContain('types: ["a: b"]');
  expect(event).not.toContain("workflow_dispatch");
});

it("reports a result with the event token alone only where the project takes it", () => {
  expect(text({ kind: "webhook" })).toContain('"event_token": "');
  const alone = text({ kind: "webhook" }, { accept_event_token: true });
  expect(alone).not.toContain('"event_token"');
  expect(alone).toContain("Bearer $DOMINO_EVENT_TOKEN");
});

/** The blocks of code of a page of the help, with their addresses. */
const documented = (page: string) => {
  const text = readFileSync(new URL(`../../../../../docs/${page}.md`, import.meta.url), "utf8");
  return [...text.matchAll(/^```\w+\n([\s\S]*?)^```$/gm)].map((found) => (found[1] ?? "").trim());
};
const HELP_ORIGIN = "https://dominoci.example";
const said = (more: Parameters<typeof target>[0]) => {
  const { snippets } = instructionsFor(project({ target: target(more) }), HELP_ORIGIN);
  // the first line names the project
  return snippets[0]?.text.split("\n").slice(1).join("\n");
};

it("says to Jenkins what the help says, letter by letter but for remarks", () => {
  const bare = (text = "") => text.replace(/ +\/\/ .*$/gm, "");
  const blocks = documented("connect-jenkins").map(bare);
  expect(blocks).toContain(bare(said({ kind: "jenkins" })));
  expect(blocks).toContain(bare(said({ kind: "jenkins", mode: "build" })));
});

it("says to GitHub and GitLab what the help says, piece by piece", () => {
  const workflow = said({ kind: "github", workflow: "domino.yml" });
  const [whole, step] = ["name: domino", "- uses: OWNER"].map((begin) =>
    documented("connect-github").find((block) => block.startsWith(begin)),
  );
  expect(whole && workflow?.startsWith(whole)).toBe(true);
  for (const line of step?.split("\n") ?? ["no step"]) expect(workflow).toContain(line.trim());
  const event = documented("connect-github").find((block) => block.startsWith("run-name: ")) ?? "no run-name";
  expect(said({ kind: "github", event_type: "domino" })).toContain(event);
  const include = documented("connect-gitlab").find((block) => block.startsWith("include:")) ?? "no include";
  const pipeline = said({ kind: "gitlab" });
  for (const line of include.replace("team/dominoci", "OWNER/dominoci").split("\n")) expect(pipeline).toContain(line);
});

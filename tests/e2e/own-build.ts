/** Builds of our own agent that a test describes: a project whose repository holds one pipeline, pushed as anybody would. */
import { setTimeout as pause } from "node:timers/promises";
import type { Ask } from "./platform";
import { shell } from "./stack";

interface Site {
  url: string;
  home: string;
}

/** Stages by name, one after the other, each of one step that runs these lines of shell. */
export type Stages = Record<string, string>;

/** Makes the project, pushes its pipeline, and answers the id of the build that the push started. */
export async function pushed(ask: Ask, site: Site, token: string, project: string, stages: Stages): Promise<string> {
  await noticed();
  await ask("POST", "/projects", { name: project });
  const remote = site.url.replace("http://", `http://git:${token}@`);
  const author = "-c user.name=Ada -c user.email=ada@example.org -c init.defaultBranch=main";
  shell(
    site.home,
    `rm -rf pushed-${project} && git ${author} init --quiet pushed-${project} && cd pushed-${project}`,
    `mkdir .factory && cat > .factory/build.hcl <<'DEFINITION'\n${definition(stages)}\nDEFINITION`,
    `git add . && git ${author} commit --quiet -m "Describe the build"`,
    `git -c credential.helper= push --quiet ${remote}/git/${project}.git main`,
  );
  await noticed();
  const { items } = await ask<{ items: { id: string }[] }>("GET", `/builds?project=${project}`);
  if (!items[0]) throw new Error(`the push to ${project} started no build`);
  return items[0].id;
}

/** While a command runs nothing else does here: a connection that was closed meanwhile must be noticed before it is used. */
const noticed = () => pause(50);

/** The pipeline that runs them. */
export function definition(stages: Stages): string {
  const names = Object.keys(stages);
  const order = names.map((name, i) => `    { name = "${name}", depends_on = [${i ? `"${names[i - 1]}"` : ""}] },`);
  const bodies = names.map(
    (name) => `stage "${name}" {\n  run "${name}" {\n    command = <<-END\n${stages[name]}\n    END\n  }\n}`,
  );
  return `pipeline "build" {\n  stages = [\n${order.join("\n")}\n  ]\n}\n${bodies.join("\n")}`;
}

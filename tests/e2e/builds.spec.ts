/** A build's page: its stages as they run, running it once more, what has changed since the last green one, what a run is asked for. */
import { setTimeout as pause } from "node:timers/promises";
import { definition } from "./own-build";
import { type Ask, asking } from "./platform";
import { cli, shell } from "./stack";
import { expect, test } from "./test";

// starting without what the pipeline asks for is refused on purpose
test.use({ refusals: /^POST \/api\/v1\/projects\/asking\/builds 422$/ });

const author = "-c user.name=Ada -c user.email=ada@example.org -c init.defaultBranch=main";

interface Site {
  url: string;
  home: string;
}

/** Commits these files to a project's hosted repository, and answers the build that the push started. */
async function push(ask: Ask, site: Site, token: string, project: string, files: Record<string, string>) {
  await pause(50);
  const remote = `${site.url.replace("http://", `http://git:${token}@`)}/git/${project}.git`;
  const written = Object.entries(files).map(
    ([path, text]) => `mkdir -p "$(dirname ${path})" && cat > ${path} <<'FILE'\n${text}\nFILE`,
  );
  shell(
    site.home,
    `mkdir -p files-${project} && cd files-${project} && (test -d .git || git ${author} init --quiet .)`,
    ...written,
    `git add . && git ${author} commit --quiet -m "Change ${Object.keys(files).join(", ")}"`,
    `git -c credential.helper= push --quiet ${remote} main`,
  );
  await pause(50);
  const { items } = await ask<{ items: { id: string }[] }>("GET", `/builds?project=${project}`);
  return items[0]?.id ?? "";
}

const STAGES = { compile: "echo compiled", test: "sleep 3; test ! -e broken", pack: "echo packed" };

test("stages are seen as they run; a build is run again, and stands beside the last green one", async ({
  page,
  site,
}) => {
  const token = cli(site, "token", "create", "--user", "admin");
  const ask = asking(site.url, token);
  await ask("POST", "/projects", { name: "staged" });
  const green = await push(ask, site, token, "staged", { ".factory/build.hcl": definition(STAGES) });
  await page.goto(`/builds/${green}`);
  const stages = page.getByRole("list", { name: "Stages of build" });
  await expect(stages.getByRole("link", { name: /^pack ?, success, after test/ })).toBeVisible();
  await expect(page.locator("header").getByText("success", { exact: true })).toBeVisible();

  const red = await push(ask, site, token, "staged", { broken: "yes" });
  await page.goto(`/builds/${red}`);
  await expect(stages.getByRole("link", { name: /^test ?, running/ })).toBeVisible();
  const failed = stages.getByRole("link", { name: /^test ?, failed/ });
  await expect(failed).toBeVisible();
  await expect(stages.getByRole("link", { name: /^pack ?, skipped/ })).toBeVisible();
  await failed.focus();
  await page.keyboard.press("ArrowLeft");
  await expect(stages.getByRole("link", { name: /^compile/ })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\?step=1$/);

  await page.getByRole("link", { name: "Compare with last green" }).click();
  const row = page.getByRole("row", { name: /^test/ }).first();
  await expect(row).toContainText("suspect: fails now");
  await expect(page.getByRole("link", { name: "staged #1" })).toBeVisible();
  await row.getByRole("link", { name: /failed/ }).click();
  await expect(page).toHaveURL(new RegExp(`${red}\\?step=2$`));

  await page.getByRole("button", { name: "Rerun" }).click();
  await expect(page.getByRole("heading", { name: "staged #3" })).toBeVisible();
  await expect(page.getByText("rerun of #2")).toBeVisible();
  await expect(page.locator("header").getByText("failed", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: /Stages/ }).click();
  await expect(stages).toBeHidden();
  await page.reload();
  await expect(page.getByRole("button", { name: /Stages/, expanded: false })).toBeVisible();
  await page.getByRole("button", { name: /Stages/ }).click();
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(stages).toBeHidden();
  await expect(page.getByRole("navigation", { name: /^Steps/ }).getByRole("link", { name: /^test/ })).toBeVisible();
});

const ASKING = `title: Deploy
parameters:
  - title: TARGET
    required: true
stages:
  - title: prepare
    onStart: echo greetings
    steps:
      - title: tidy
        command: exit 3
        ignoreExitCode: true
  - title: deploy
    steps:
      - title: deploy
        command: echo to $TARGET`;

test("a run is asked for what its pipeline needs; hooks and ignored failures are told as such", async ({
  page,
  site,
}) => {
  const token = cli(site, "token", "create", "--user", "admin");
  const ask = asking(site.url, token);
  await ask("POST", "/projects", { name: "asking" });
  const first = await push(ask, site, token, "asking", { ".domino/job.yml": ASKING });
  await expect.poll(async () => (await ask<{ state: string }>("GET", `/builds/${first}`)).state).toBe("failed");
  await page.goto("/projects/asking");
  await page.getByRole("button", { name: "Run…" }).click();
  const target = page.getByRole("textbox", { name: /TARGET/ });
  await expect(target).toBeVisible();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByText("The pipeline asks for it, and has no default.")).toBeVisible();
  await target.fill("mars");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByRole("heading", { name: "asking #2" })).toBeVisible();
  await expect(page.locator("header").getByText("success", { exact: true })).toBeVisible();
  const steps = page.getByRole("navigation", { name: /^Steps/ });
  await expect(steps.getByRole("link", { name: /^tidy/ })).toContainText("ignored");
  await expect(steps.getByRole("link", { name: /^onStart/ })).toContainText("hook");
  await expect(steps.getByText("mars")).toBeVisible();
});

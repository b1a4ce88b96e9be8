/** The home page, the list of projects and a project's page, with the tree in which ui failed behind them. */
import type { Page } from "@playwright/test";
import { shell } from "./stack";
import { expect, test } from "./test";

const needs = (page: Page) => page.getByRole("list", { name: "Needs you" });

test("home tells what needs somebody, for everybody and for those whose it is, and the tab stays in the address", async ({
  page,
}) => {
  await page.goto("/?scope=everything");
  await expect(page.getByRole("heading", { name: "Queues" })).toBeVisible();
  const failed = needs(page).getByRole("listitem").filter({ hasText: "ui" }).first();
  await expect(failed).toContainText("failed in core");
  await failed.getByRole("link", { name: /^Why ui/ }).click();
  await expect(page.getByRole("complementary", { name: /^Event / })).toBeVisible();

  await page.goBack();
  await page.getByRole("link", { name: "Mine", exact: true }).click();
  await expect(page).toHaveURL(/scope=mine/);
  await page.reload();
  await expect(page.getByRole("link", { name: "Mine", exact: true })).toHaveAttribute("aria-current", "page");
});

test("what is dismissed stays away, what goes wrong again comes back", async ({ page }) => {
  await page.goto("/?scope=everything");
  await page.getByRole("button", { name: "Dismiss all" }).click();
  await expect(page.getByText("All dismissed")).toBeVisible();
  await page.reload();
  await expect(page.getByText("All dismissed")).toBeVisible();
});

test("a star keeps a project on the home page", async ({ page }) => {
  await page.goto("/projects");
  await page.getByRole("button", { name: "Star core" }).click();
  await expect(page.getByRole("button", { name: "Star core" })).toHaveAttribute("aria-pressed", "true");
  await page.getByRole("checkbox", { name: "Starred" }).click();
  await expect(page).toHaveURL(/starred=1/);
  await expect(page.getByRole("table", { name: "Projects" }).getByRole("row")).toHaveCount(2);
  await page.goto("/");
  await page.getByRole("region", { name: "Starred projects" }).getByRole("link", { name: /core/ }).click();
  await expect(page.getByRole("heading", { name: /^core/, level: 1 })).toBeVisible();
  await page.getByRole("button", { name: "Star core" }).click();
  await expect(page.getByRole("button", { name: "Star core" })).toHaveAttribute("aria-pressed", "false");
});

test("the list finds by a pasted address, however it is spelled, and the filter is one step back", async ({
  page,
  site,
}) => {
  await page.goto("/projects");
  await expect(page.getByRole("searchbox", { name: "Filter projects" })).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.insertText(`${site.url.replace("http:", "ssh:").replace("//", "//git@")}/git/image.git/`);
  const rows = page.getByRole("table", { name: "Projects" }).getByRole("row");
  await expect(rows).toHaveCount(2);
  await expect(rows.nth(1)).toContainText("image");
  await page.reload();
  await expect(rows).toHaveCount(2);
  await page.getByRole("searchbox", { name: "Filter projects" }).fill("nothing like it");
  await page.getByRole("button", { name: "Clear the filter" }).click();
  await expect(page).toHaveURL(/\/projects$/);
  await page.getByLabel("Last result").selectOption("failed");
  await expect(page).toHaveURL(/state=failed/);
});

test("a project's page shows what depends on it, the worst first, and leads to event, log and tree", async ({
  page,
}) => {
  await page.goto("/projects/core");
  const level = page.getByRole("table", { name: "Direct dependents" });
  await expect(level.getByRole("row")).toHaveCount(4);
  await expect(level.getByRole("row").nth(1)).toContainText("ui");
  await expect(level.getByRole("row", { name: /nightly/ })).toContainText("branches release/*");
  await expect(level.getByRole("img", { name: /^Last \d+: .*the newest/ }).first()).toBeVisible();
  await expect(page.getByRole("link", { name: "Log of the last run of ui" })).toHaveAttribute("href", /^\/builds\//);
  await page.getByRole("link", { name: "Open the last event of ui" }).click();
  await expect(page).toHaveURL(/\/trees\/.+\/events\//);

  await page.goto("/projects/core");
  const mini = page.getByRole("region", { name: "Tree explore" });
  await mini.getByRole("link", { name: /^app, event / }).click();
  await expect(page).toHaveURL(/\/trees\/.+\/events\//);
  await page.goto("/projects/core");
  const around = page.getByRole("region", { name: "Dependency tree" });
  await expect(around).toContainText("upstream 0 ← core → downstream 3 (6 in all)");
  await expect(around.getByRole("link", { name: "Open in graph" })).toHaveAttribute("href", "/graph?focus=core");
});

test("a tree that opens shows on the project's page by itself", async ({ page, site }) => {
  await page.goto("/projects/nightly");
  await expect(page.getByRole("heading", { name: "No event yet" })).toBeVisible();
  await page.goto("/projects/core");
  const last = page.getByRole("table", { name: "Last trees" });
  const before = await last.getByRole("row").count();
  shell(site.home, "cd data/demo/core", "git commit --allow-empty -qm 'Nothing new' && git push -q");
  await expect(last.getByRole("row", { name: /Nothing new/ })).toBeVisible({ timeout: 60_000 });
  expect(await last.getByRole("row").count()).toBeGreaterThanOrEqual(before);
});

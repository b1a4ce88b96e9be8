/** The graph of all projects: around one, all of them, and a dependency that would close a cycle. */
import type { Page } from "@playwright/test";
import { asking } from "./platform";
import { cli } from "./stack";
import { expect, test } from "./test";

test.use({ refusals: /^POST \/api\/v1\/projects\/core\/dependencies 409$/ });

const card = (page: Page, name: string) => page.locator(`[data-card="${name}"]`);
const DEMO = ["core", "net", "ui", "app", "image", "docs", "nightly"];

test("it opens around the project that was looked at last, and leads from one to the next", async ({ page }) => {
  await page.goto("/projects/app");
  await expect(page.getByRole("heading", { name: /^app/, level: 1 })).toBeVisible();
  await page.goto("/graph");
  await expect(page).toHaveURL(/\/graph\?focus=app$/);
  for (const name of ["core", "net", "ui", "app", "image", "docs"]) await expect(card(page, name)).toBeVisible();
  await expect(card(page, "nightly")).toHaveCount(0);
  await expect(card(page, "app")).toContainText("2 up · 2 down");

  await page.getByLabel("Direction").selectOption("up");
  await expect(card(page, "image")).toHaveCount(0);
  await page.getByLabel("How far").selectOption("1");
  await expect(card(page, "core")).toHaveCount(0);
  await card(page, "net").click();
  await expect(page).toHaveURL(/\?focus=net$/);
  await expect(page.getByRole("heading", { name: "Graph around net" })).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL(/focus=app&dir=up&depth=1/);
  await card(page, "app").click();
  await expect(page).toHaveURL(/\/projects\/app$/);
});

test("all projects are drawn, those that hang together with nothing are listed", async ({ page, site }) => {
  const ask = asking(site.url, cli(site, "token", "create", "--user", "admin"));
  await ask("POST", "/projects", { name: "hermit" });
  await page.goto("/graph?group=none");
  for (const name of DEMO) await expect(card(page, name)).toBeAttached();
  await expect(card(page, "hermit")).toHaveCount(0);
  await expect(page.getByRole("complementary").getByRole("link", { name: "hermit" })).toBeVisible();

  await page.getByRole("searchbox", { name: "Filter by name or owner" }).fill("nightly");
  await expect(page).toHaveURL(/q=nightly/);
  await expect(card(page, "app")).toHaveCount(0);
  await expect(card(page, "core")).toHaveAttribute("data-dimmed", "true");

  await page.goto("/graph?group=ci");
  const group = page.getByRole("button", { name: /^agent, \d+ projects/ });
  await expect(group).toContainText(/\d+/);
  await group.click();
  await expect(card(page, "core")).toBeAttached();
});

test("with more cards than one can read it asks for a filter or groups, and opens no frozen tab", async ({
  page,
  site,
}) => {
  const ask = asking(site.url, cli(site, "token", "create", "--user", "admin"));
  const names = Array.from({ length: 160 }, (_, i) => `many-${i}`);
  const file = [
    "version: 1",
    "projects:",
    "  many-root: {}",
    ...names.map((name) => `  ${name}: {upstreams: {many-root: {}}}`),
  ];
  await ask("POST", "/graph/apply", { file: file.join("\n") });
  try {
    await page.goto("/graph?group=none");
    await expect(page.getByRole("heading", { name: /cards are too many to read/ })).toBeVisible();
    await page.getByRole("button", { name: "Show as table" }).last().click();
    await expect(page.getByRole("table", { name: "Projects of the graph" })).toBeVisible();
    await page.getByRole("searchbox", { name: "Filter by name or owner" }).fill("many-17");
    await expect(page.getByRole("row")).toHaveCount(2);
    await page.getByRole("button", { name: "Show as graph" }).click();
    await expect(card(page, "many-17")).toBeVisible();
    await expect(card(page, "many-18")).toHaveCount(0);
  } finally {
    for (const name of ["many-root", ...names]) await ask("DELETE", `/projects/${name}`);
  }
});

test("a dependency that would close a cycle is refused with its path lit", async ({ page }) => {
  await page.goto("/graph?focus=core");
  await page.getByRole("button", { name: "Add a dependency" }).click();
  const form = page.getByRole("region", { name: "Add a dependency" });
  await form.getByLabel("Upstream project").fill("image");
  await form.getByRole("button", { name: "Add", exact: true }).click();
  const cycle = form.getByRole("list", { name: "The cycle" });
  await expect(cycle).toBeInViewport();
  await expect(cycle.getByRole("listitem")).toHaveText([/image/, /core/, /net|ui/, /app/, /image/]);
  for (const name of ["core", "app", "image"]) await expect(card(page, name)).toHaveAttribute("data-critical", "true");
  await expect(card(page, "nightly")).toHaveAttribute("data-dimmed", "true");
  await page.getByRole("button", { name: "Close the form" }).click();
  await expect(card(page, "core")).not.toHaveAttribute("data-critical", "true");
});

test("on a narrow screen it is a table", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/graph?group=none");
  const table = page.getByRole("table", { name: "Projects of the graph" });
  await expect(table.getByRole("link", { name: "app", exact: true })).toBeVisible();
  await expect(page.locator("[data-card]")).toHaveCount(0);
  await table.getByRole("link", { name: "app", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Graph around app" })).toBeVisible();
});

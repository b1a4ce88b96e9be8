import type { Page } from "@playwright/test";
import { shell, snippets } from "./stack";
import { expect, test } from "./test";

const FALLS_MS = 120_000;
const card = (page: Page, project: string) => page.getByRole("link", { name: new RegExp(`^${project}, event `) });
const drawer = (page: Page) => page.getByRole("complementary", { name: /^Event / });

/** The newest tree of this message, opened from a list as soon as it shows up there by itself. */
async function openNewTree(page: Page, message: string): Promise<void> {
  await page.locator('a[href^="/trees/"]', { hasText: message }).first().click({ timeout: FALLS_MS });
  await expect(page.getByRole("heading", { name: "core", level: 1 })).toBeVisible();
}

test("the demo's tree has gone green, and its logs can be read", async ({ page }) => {
  test.setTimeout(2 * FALLS_MS);
  await page.goto("/");
  await openNewTree(page, "Greet people, and set text");
  for (const project of ["net", "ui", "app", "image", "docs"])
    await expect(card(page, project)).toHaveAttribute("data-state", "success", { timeout: FALLS_MS });

  await expect(card(page, "nightly")).toHaveAttribute("data-state", "skipped");
  await card(page, "nightly").click();
  await expect(drawer(page)).toContainText("release/*");
  await page.keyboard.press("Escape");

  await card(page, "app").click();
  await drawer(page).getByRole("link", { name: "Inputs" }).click();
  await expect(drawer(page)).toContainText("net.tar.gz");
  await expect(drawer(page)).toContainText("ui.tar.gz");
  await drawer(page).getByRole("link", { name: "Build and log" }).click();
  await page.getByRole("link", { name: /unpack-parts/ }).click();
  await expect(page.getByRole("log")).toContainText("net of this tree");
  await expect(page.getByRole("log")).toContainText("all as packed");
});

test("after the README's three lines the next tree falls while one watches, without a reload", async ({
  page,
  site,
}) => {
  test.setTimeout(2 * FALLS_MS);
  await page.goto("/trees");
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  await page.evaluate(() => Object.assign(window, { stillHere: true }));
  shell(site.home, snippets().change);
  await openNewTree(page, "Push the first domino");
  await expect(card(page, "image")).toHaveAttribute("data-state", /waiting|queued|running/);
  for (const project of ["net", "ui", "app", "image", "docs"])
    await expect(card(page, project)).toHaveAttribute("data-state", "success", { timeout: FALLS_MS });
  await expect(page).toHaveTitle(/^✓ core/);

  await page.getByRole("link", { name: "Trees" }).first().click();
  await expect(page.getByRole("row", { name: /Push the first domino/ })).toContainText("success");
  expect(await page.evaluate(() => "stillHere" in window)).toBe(true);
});

test("a push that breaks ui says why app was skipped", async ({ page, site }) => {
  test.setTimeout(2 * FALLS_MS);
  await page.goto("/");
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  shell(site.home, "cd data/demo/core", snippets().break);
  await openNewTree(page, "Greet like a cowboy");
  await expect(card(page, "ui")).toHaveAttribute("data-state", "failed", { timeout: FALLS_MS });
  for (const project of ["app", "image", "docs"])
    await expect(card(page, project)).toHaveAttribute("data-state", "skipped", { timeout: FALLS_MS });
  await expect(card(page, "net")).toHaveAttribute("data-state", "success", { timeout: FALLS_MS });

  await card(page, "app").click();
  await expect(drawer(page)).toContainText(/ui .*failed/);
  await page.getByRole("button", { name: "Next failure" }).click();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("complementary", { name: "Event 1.3" })).toContainText("failed");
  await drawer(page).getByRole("link", { name: "Build and log" }).click();
  await expect(page.getByRole("log")).toContainText("a card looks as it was approved");
});

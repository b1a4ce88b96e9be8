import type { Page } from "@playwright/test";
import { OtherCi } from "./other-ci";
import { asking, connect, report } from "./platform";
import { cli, shell, snippets } from "./stack";
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
  await page
    .getByRole("link", { name: /unpack-parts/ })
    .first()
    .click();
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
  await drawer(page).getByRole("link", { name: "Log", exact: true }).click();
  await expect(drawer(page).getByRole("log")).toContainText("a card looks as it was approved");
  await drawer(page).getByRole("link", { name: "Build and log" }).click();
  await expect(page.getByRole("log")).toContainText("a card looks as it was approved");
});

/** Has ui approve what core now says: a commit of ui's own. */
function mendUi(site: { home: string; url: string }): void {
  const helper = `-c credential.helper= -c credential.helper="store --file=$PWD/data/demo/.git-credentials"`;
  const author = "-c user.name=Ada -c user.email=ada@example.org";
  shell(
    site.home,
    `git ${helper} clone --quiet ${site.url}/git/ui.git ui`,
    "sed -i 's/Hello, World/Howdy, World/' ui/tests/with_core/test_card.py",
    `git -C ui ${author} commit --quiet -am "Approve the cowboy"`,
    `git ${helper} -C ui push --quiet`,
  );
}

test("ui is mended, what failed is rerun on the same inputs, and both attempts can be read", async ({ page, site }) => {
  test.setTimeout(2 * FALLS_MS);
  await page.goto("/trees");
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  mendUi(site);
  // the push has a build and a tree of its own, which are over before the rerun: a report of the same commit would be its result
  await expect(page.getByRole("row", { name: /Approve the cowboy/ })).toContainText("success", { timeout: FALLS_MS });
  await openNewTree(page, "Greet like a cowboy");
  await expect(card(page, "app")).toHaveAttribute("data-state", "skipped");
  await page.getByRole("button", { name: "Rerun failed" }).click();
  await expect(page.getByRole("status").filter({ hasText: "started again" })).toBeVisible();
  await expect(card(page, "ui")).toContainText("↻2");
  for (const project of ["ui", "app", "image", "docs"])
    await expect(card(page, project)).toHaveAttribute("data-state", "success", { timeout: FALLS_MS });
  await expect(page).toHaveTitle(/^✓ core/);
  await expect(page.getByRole("button", { name: "Rerun failed" })).toBeHidden();

  await card(page, "ui").click();
  await drawer(page).getByRole("link", { name: "Attempts" }).click();
  const attempts = drawer(page).locator("ol > li");
  await expect(attempts).toHaveCount(2);
  await expect(attempts.nth(0)).toContainText(/Attempt 2\s*success/);
  await expect(attempts.nth(0)).toContainText("by admin");
  await expect(attempts.nth(1)).toContainText(/Attempt 1\s*failed/);
  await attempts.nth(1).getByRole("link", { name: "Build and log" }).click();
  await expect(page.getByRole("log")).toContainText("a card looks as it was approved");
});

test("core breaks ui once more, for the pages that are looked at next", async ({ page, site }) => {
  test.setTimeout(2 * FALLS_MS);
  await page.goto("/trees");
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  const change =
    "sed -i 's/Howdy/Hiya/' core/greeting.py && git commit --quiet -am 'Greet like a surfer' && git push --quiet";
  shell(site.home, "cd data/demo/core", change);
  await openNewTree(page, "Greet like a surfer");
  await expect(card(page, "image")).toHaveAttribute("data-state", "skipped", { timeout: FALLS_MS });
  await expect(page).toHaveTitle(/^✕ core/, { timeout: FALLS_MS });
});

test("a running tree is cancelled, and what was cancelled runs again", async ({ page, site }) => {
  const ask = asking(site.url, cli(site, "token", "create", "--user", "admin"));
  const ci = await OtherCi.start();
  try {
    ci.let("crane", "runs");
    await connect(ask, ci, { yard: {}, crane: { after: [["yard"]] }, truck: { after: [["crane"]] } });
    await page.goto(`/trees/${await report(ask, site.url, "yard", "Move the boxes")}`);
    await expect(card(page, "crane")).toHaveAttribute("data-state", "running");
    await page.getByRole("button", { name: "Cancel…" }).click();
    const dialog = page.getByRole("dialog", { name: "Cancel this tree?" });
    await expect(dialog).toContainText("This cancels 1 running and 1 waiting");
    await dialog.getByRole("button", { name: "Cancel 2 events" }).click();
    await expect(page.getByRole("status").filter({ hasText: "2 events cancelled" })).toBeVisible();
    for (const project of ["crane", "truck"])
      await expect(card(page, project)).toHaveAttribute("data-state", "cancelled");
    await expect(page).toHaveTitle(/^▣ yard/);
    await card(page, "crane").click();
    await drawer(page).getByRole("link", { name: "Deliveries" }).click();
    await expect(drawer(page)).toContainText("Cancel, attempt 1, try 1");

    ci.let("crane", "passes");
    await page.getByRole("button", { name: "Rerun cancelled" }).click();
    for (const project of ["crane", "truck"])
      await expect(card(page, project)).toHaveAttribute("data-state", "success");
    await expect(card(page, "crane")).toContainText("↻2");
  } finally {
    ci.stop();
  }
});

test("an undeliverable event says what was answered, and is delivered again", async ({ page, site }) => {
  const ask = asking(site.url, cli(site, "token", "create", "--user", "admin"));
  const ci = await OtherCi.start();
  try {
    ci.let("kiosk", "refuses");
    await connect(ask, ci, { station: {}, kiosk: { after: [["station"]] }, poster: { after: [["kiosk"]] } });
    await page.goto(`/trees/${await report(ask, site.url, "station", "Print tickets")}`);
    await expect(card(page, "kiosk")).toHaveAttribute("data-state", "undeliverable");
    await expect(card(page, "poster")).toHaveAttribute("data-state", "skipped");
    await card(page, "poster").click();
    await drawer(page).getByRole("link", { name: "kiosk (1.1)" }).click();
    await expect(drawer(page)).toContainText("Refused with 403");
    await drawer(page).getByRole("link", { name: "See what was answered" }).click();
    await expect(drawer(page)).toContainText("HTTP 403");
    await expect(drawer(page)).not.toContainText("hidden");

    ci.let("kiosk", "passes");
    await drawer(page).getByRole("button", { name: "Redeliver", exact: true }).click();
    await expect(page.getByRole("status").filter({ hasText: "kiosk is delivered again" })).toBeVisible();
    for (const project of ["kiosk", "poster"])
      await expect(card(page, project)).toHaveAttribute("data-state", "success");
    await expect(drawer(page)).toContainText("Accepted with 201");
  } finally {
    ci.stop();
  }
});

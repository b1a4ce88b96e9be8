/** What is said when something is in the way: no network, no session, no server, no such thing. */
import type { Page } from "@playwright/test";
import { cli, PASSWORD, type Stack, start } from "./stack";
import { expect, test } from "./test";

const live = (page: Page) => page.locator("[data-live]");
const NO_SOCKET = /^WebSocket connection to /;

test("a page that exists for nobody, and one that is not for this viewer, are the same", async ({ page }) => {
  for (const path of ["/nowhere", "/projects/core/settings/nonsense"]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { name: "Does not exist, or you may not see it" })).toBeVisible();
  }
});

test.describe("an id that is none", () => {
  test.use({ refusals: /^GET \S+ 404$/ });

  for (const path of ["/projects/nonsense", "/trees/nonsense", "/builds/nonsense", "/combos/a:1:1"])
    test(`${path} offers a search`, async ({ page }) => {
      await page.goto(path);
      await expect(page.getByText("Does not exist, or you may not see it")).toBeVisible();
      await page.getByRole("searchbox", { name: "Search projects" }).fill("core");
      await page.keyboard.press("Enter");
      await expect(page).toHaveURL(/\/projects\?q=core$/);
    });
});

test.describe("without a network", () => {
  test.use({ noise: NO_SOCKET });

  test("old data stay and say how old they are; the right ones come with the network, without a reload", async ({
    page,
    context,
  }) => {
    await page.goto("/projects");
    await expect(page.getByRole("link", { name: "nightly" })).toBeVisible();
    await expect(live(page)).toHaveText("Live");
    await page.evaluate(() => Object.assign(window, { loaded: "once" }));
    await context.setOffline(true);
    await expect(live(page)).toHaveText(/^Reconnecting, data of \d\d:\d\d:\d\d$/);
    await expect(page.getByRole("link", { name: "nightly" })).toBeVisible();
    await context.setOffline(false);
    await expect(live(page)).toHaveText("Live", { timeout: 20_000 });
    await expect(page.getByRole("link", { name: "nightly" })).toBeVisible();
    await expect(page.getByRole("alert")).toHaveCount(0);
    expect(await page.evaluate(() => (window as unknown as { loaded?: string }).loaded)).toBe("once");
  });

  test("a page that was never loaded says so, and comes with the network", async ({ page, context }) => {
    await page.goto("/projects");
    await expect(live(page)).toHaveText("Live");
    await context.setOffline(true);
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Agents" }).click();
    await expect(page.getByRole("alert").first()).toContainText(/could not be loaded|No connection/);
    await context.setOffline(false);
    await expect(page.getByRole("heading", { name: "Agents", level: 1 })).toBeVisible({ timeout: 20_000 });
  });
});

test.describe("a session that ends", () => {
  test.use({ refusals: / 401$/, noise: NO_SOCKET });

  test("is begun again on the spot: the page and what was typed stay", async ({ page, site, browser }) => {
    // a session of its own, so that the one that the other tests share lives on
    const context = await browser.newContext({ storageState: { cookies: [], origins: [] }, baseURL: site.url });
    const own = await context.newPage();
    await own.goto("/login");
    await own.getByLabel("Name").fill("admin");
    await own.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
    await own.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(own).toHaveURL(`${site.url}/`);
    await own.goto("/projects/app/settings/general");
    await own.getByLabel("Contact").fill("half a sentence");
    await context.clearCookies();
    await own.getByRole("button", { name: "Save" }).click();
    const dialog = own.getByRole("dialog", { name: "Your session has ended" });
    await dialog.getByRole("textbox", { name: "Password" }).fill("wrong");
    await dialog.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(dialog.getByText(/wrong/i)).toBeVisible();
    await dialog.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
    await dialog.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(dialog).toHaveCount(0);
    await expect(own.getByLabel("Contact")).toHaveValue("half a sentence");
    await own.getByRole("button", { name: "Save" }).click();
    await expect(own.getByText("✓ Saved")).toBeVisible();
    await context.close();
    await page.close();
  });
});

test.describe("a server that stops", () => {
  let own: Stack;
  test.use({ storageState: { cookies: [], origins: [] }, noise: NO_SOCKET });
  test.beforeAll(async () => {
    test.setTimeout(180_000);
    own = await start();
  });

  test("leaves the page as it is, says so, and every other page says it too", async ({ browser }) => {
    test.setTimeout(120_000);
    const context = await browser.newContext({ baseURL: own.url });
    const page = await context.newPage();
    const code = /#code=\S+/.exec(cli(own, "login-link", "--user", "admin"))?.[0];
    await page.goto(`/setup${code}`);
    await page.getByRole("heading", { name: "Welcome, admin" }).waitFor();
    await page.goto("/projects");
    await expect(page.getByRole("link", { name: "nightly" })).toBeVisible({ timeout: 60_000 });
    await page.getByRole("link", { name: "nightly" }).click();
    await expect(page.getByRole("heading", { name: "nightly" })).toBeVisible();
    await own.stop();
    await expect(live(page)).toHaveText(/^Reconnecting, data of/);
    await expect(page.getByRole("heading", { name: "nightly" })).toBeVisible();
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Projects" }).click();
    await expect(page.getByRole("link", { name: "nightly" })).toBeVisible();
    await expect(page.getByRole("alert").first()).toContainText(/^Reconnecting, data of/, { timeout: 20_000 });
    await context.close();
  });
});

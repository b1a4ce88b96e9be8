import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import type { Page } from "@playwright/test";
import { expect, test } from "./test";

const DOCS = resolve(import.meta.dirname, "../../docs");
const title = (page: Page) => page.getByRole("heading", { level: 1 });

test("help is in the rail, and knows who reads it", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Help" }).click();
  await expect(title(page)).toHaveText("DominoCI, for its users");
  await expect(page.getByRole("button", { name: "Account: admin" })).toBeVisible();
});

test.describe("for people who cannot sign in", () => {
  test.use({ storageState: { cookies: [], origins: [] } });

  test("every page of the docs opens, and every link within them leads somewhere", async ({ page }) => {
    const names = readdirSync(DOCS)
      .filter((name) => name.endsWith(".md") && name !== "README.md")
      .map((name) => name.slice(0, -3));
    const anchors = new Set<string>(["/help"]);
    const links = new Set<string>();
    for (const path of ["/help", ...names.map((name) => `/help/${name}`)]) {
      await page.goto(path);
      const article = page.getByRole("article");
      await expect(article.getByRole("heading", { level: 1 })).toBeVisible();
      const ids = await article.locator("[id]").evaluateAll((all) => all.map(({ id }) => id));
      for (const anchor of [path, ...ids.map((id) => `${path}#${id}`)]) anchors.add(anchor);
      const found = await article.locator("a").evaluateAll((all) => all.map((a) => (a as HTMLAnchorElement).href));
      for (const link of found) links.add(link.replace(new URL(page.url()).origin, ""));
    }
    const lost = [...links].filter((link) => link.startsWith("/") && !anchors.has(decodeURIComponent(link)));
    expect(lost).toEqual([]);
  });

  test("a heading is found by its words, and the way back is kept", async ({ page }) => {
    await page.goto("/help/concepts");
    const search = page.getByRole("searchbox", { name: "Find in the help" });
    await search.fill("did not run");
    await expect(page).toHaveURL(/find=did\+not\+run/);
    await page
      .getByRole("link", { name: /^My child did not run/ })
      .first()
      .click();
    await expect(page.getByRole("heading", { name: /^My child did not run/ })).toBeInViewport();
    await page.goBack();
    await expect(search).toHaveValue("did not run");
  });

  test("code is copied as it stands", async ({ page, context }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.goto("/help/getting-started");
    await page.getByRole("button", { name: "Copy the code" }).first().click();
    await expect(page.getByRole("button", { name: "Copy the code" }).first()).toHaveText("Copied");
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("make run");
  });

  test("the reference shows every route of this server, and leads to each", async ({ page, request }) => {
    const document = await (await request.get("/api/v1/openapi.json")).json();
    const routes = Object.entries<object>(document.paths).flatMap(([path, item]) =>
      Object.keys(item)
        .filter((method) => method !== "parameters")
        .map((method) => `${method.toUpperCase()} ${path}`),
    );
    await page.goto("/api/docs");
    await expect(page).toHaveURL(/\/help\/api-reference$/);
    await expect(page.locator("li a:has(b[data-method])")).toHaveCount(routes.length);

    await page.getByRole("searchbox", { name: "Filter routes" }).fill("post rerun event");
    await expect(page.locator("li a:has(b[data-method])")).toHaveCount(1);
    await page.getByRole("link", { name: /^POST .*rerun/ }).click();
    const route = page.getByRole("heading", { name: /POST .*events\/\{sub\}\/rerun/ });
    await expect(route).toBeInViewport();
    await expect(page.getByRole("button", { name: /^Copy the command for POST .*\{sub\}\/rerun/ })).toBeVisible();
  });

  test("what is not there is said, and a page of the app leads to the door", async ({ page }) => {
    await page.goto("/help/nothing");
    await expect(page.getByText("Does not exist, or you may not see it")).toBeVisible();
    await page.goto("/help");
    await page.getByRole("link", { name: "Sign in" }).click();
    await expect(page).toHaveURL(/\/login\?next=%2Fhelp/);
  });
});

/** Points of design/ui.md, section 6, that no other test looks at: first run, real links, the tab's own state, two windows, what
 * is still to come, keys instead of dragging, and what a viewer is not offered. */
import type { Page } from "@playwright/test";
import { OtherCi } from "./other-ci";
import { asking, connect, report } from "./platform";
import { cli, type Stack, start } from "./stack";
import { expect, test } from "./test";

const FALLS_MS = 120_000;
const card = (page: Page, project: string) => page.getByRole("link", { name: new RegExp(`^${project}, event `) });

interface Tree {
  id: string;
  root: { message: string };
}

async function newest(page: Page, query = ""): Promise<Tree | undefined> {
  return (await (await page.request.get(`/api/v1/trees?limit=1${query}`)).json()).items[0];
}

test("every row of every list leads on by a real link, which opens a tab of its own", async ({ page, context }) => {
  for (const path of [
    "/",
    "/trees",
    "/projects",
    "/jobs",
    "/builds",
    "/agents",
    "/combos",
    "/owners",
    "/admin/users",
  ]) {
    await page.goto(path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    const rows = page.getByRole("main").locator("tbody tr");
    await expect(page.getByRole("main")).not.toBeEmpty();
    const without = await rows.evaluateAll((all) => all.filter((row) => !row.querySelector("a[href]")).length);
    // people have no page of their own
    if (path !== "/admin/users") expect(without, path).toBe(0);
  }
  await page.goto("/projects?q=nightly");
  const opened = context.waitForEvent("page");
  await page.getByRole("link", { name: "nightly", exact: true }).click({ button: "middle" });
  await expect((await opened).getByRole("heading", { name: "nightly" })).toBeVisible();
  await (await opened).close();
});

test("a tab that nobody looks at shows by title and icon how its tree fares, and a second window follows the first", async ({
  page,
  context,
  site,
}) => {
  test.setTimeout(2 * FALLS_MS);
  const ask = asking(site.url, cli(site, "token", "create", "--user", "admin"));
  const ci = await OtherCi.start();
  const [lake, boat] = [`lake${Date.now().toString(36)}`, `boat${Date.now().toString(36)}`];
  ci.let(boat, "runs");
  await connect(ask, ci, { [lake]: {}, [boat]: { after: [[lake]] } });
  const tree = await report(ask, site.url, lake, "Fill the lake");
  await page.goto(`/trees/${tree}`);
  const icon = () => page.locator('link[rel="icon"]').getAttribute("href");
  await expect(card(page, boat)).toHaveAttribute("data-state", "running");
  const running = await icon();
  const second = await context.newPage();
  await second.goto(`/trees/${tree}?view=timeline&crit=1`);
  await second.bringToFront();
  await expect(second.getByTestId("ghost")).toHaveCount(0); // nothing is known yet of how long it takes
  await ci.end(boat, "FAILED");
  await expect(page).toHaveTitle(new RegExp(`^✕ ${lake} .* 1 failed of`));
  expect(await icon()).not.toBe(running);

  await expect(second.getByText(/^ETA /)).toHaveCount(0);
  await second.keyboard.press("1");
  await expect(card(second, boat)).toHaveAttribute("data-state", "failed");
  await page.bringToFront();
  await page.getByRole("button", { name: "Rerun failed" }).click();
  // the other window needs no focus for it
  await expect(card(second, boat)).not.toHaveAttribute("data-state", "failed", { timeout: 5_000 });
  await second.close();
  ci.stop();
});

/** Two fingers on a touch screen, or on a trackpad, of which the browser tells as of a wheel with Ctrl. */
async function pinch(page: Page, gestureSourceType: "touch" | "mouse", scaleFactor: number): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Input.synthesizePinchGesture", { x: 640, y: 450, scaleFactor, gestureSourceType });
  await devtools.detach();
}

test.describe("on a touch screen", () => {
  test.use({ hasTouch: true });

  test("the graph is moved and zoomed by wheel, pinch, buttons and keys alike; nothing needs dragging", async ({
    page,
  }) => {
    const tree = await newest(page, "&project=core&state=failed");
    await page.goto(`/trees/${tree?.id}`);
    const where = async () => {
      const { x, y, width } = (await card(page, "core").boundingBox()) ?? { x: 0, y: 0, width: 0 };
      return [Math.round(x), Math.round(y), Math.round(width)].join(" ");
    };
    await card(page, "core").waitFor();
    for (const move of [
      () => page.getByRole("button", { name: /^Zoom in/ }).click(),
      () => page.keyboard.press("-"),
      () => page.mouse.move(700, 500).then(() => page.mouse.wheel(120, 60)),
      () => pinch(page, "touch", 1.5),
      () => pinch(page, "mouse", 0.6),
      () => page.keyboard.press("0"),
    ]) {
      const stood = await where();
      await move();
      await expect.poll(where).not.toBe(stood);
    }
    expect(await page.evaluate(() => visualViewport?.scale), "the page itself is not zoomed").toBe(1);
  });
});

test("somebody who may only look is offered nothing to do, and a foreign project is what nonsense is", async ({
  page,
  browser,
  site,
}) => {
  const tree = await newest(page, "&project=core&state=failed");
  const link = await invited(page);
  const theirs = await browser.newContext({ baseURL: site.url, storageState: { cookies: [], origins: [] } });
  const other = await theirs.newPage();
  await other.goto(link);
  await other.getByRole("textbox", { name: "Name", exact: true }).fill(`onlooker-${Date.now().toString(36)}`);
  await other.getByRole("textbox", { name: "Password" }).fill("correct horse battery");
  await other.getByRole("button", { name: "Create account" }).click();
  await expect(other.getByRole("heading", { name: /^core/, level: 1 })).toBeVisible();
  for (const name of ["Run…", "Settings", "Test connections"])
    await expect(other.getByRole("main").getByText(name, { exact: true })).toHaveCount(0);

  await other.goto(`/trees/${tree?.id}`);
  await expect(card(other, "core")).toBeVisible();
  await expect(other.getByRole("button", { name: "Rerun failed" })).toHaveCount(0);
  const boxes = other.getByRole("link", { name: /Private project/ }).or(other.getByText("Private project"));
  await expect(boxes.first()).toBeVisible();
  await expect(other.getByText("nightly")).toHaveCount(0);

  const said = async (path: string) => {
    await other.goto(path);
    await expect(other.getByRole("main").getByRole("heading")).toBeVisible();
    return other.getByRole("main").textContent();
  };
  expect(await said("/projects/nightly")).toBe(await said("/projects/nonsense"));
  await theirs.close();
});

async function invited(page: Page): Promise<string> {
  const csrf = (await (await page.request.get("/api/v1/me")).json()).csrf_token;
  const made = await page.request.post("/api/v1/invitations", {
    data: { project: "core", role: "viewer" },
    headers: { "X-CSRF-Token": csrf },
  });
  return (await made.json()).url;
}

test.describe("a first run without the demo", () => {
  let own: Stack;
  test.use({ storageState: { cookies: [], origins: [] } });
  test.beforeAll(async () => {
    test.setTimeout(180_000);
    own = await start({ demo: false });
  });
  test.afterAll(() => own.stop());

  test("the demo runs after one click, and is removed without a trace", async ({ browser }) => {
    test.setTimeout(3 * FALLS_MS);
    const context = await browser.newContext({ baseURL: own.url });
    const page = await context.newPage();
    const code = /#code=\S+/.exec(cli(own, "login-link", "--user", "admin"))?.[0];
    await page.goto(`/setup${code}`);
    await page.getByRole("heading", { name: "Welcome, admin" }).waitFor();
    await page.goto("/");
    await page.getByRole("button", { name: "Load the demo" }).click();
    await expect.poll(() => newest(page, "&state=success"), { timeout: FALLS_MS }).toBeTruthy();
    await page.goto("/");
    await page.getByRole("button", { name: "Remove the demo" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove the demo" }).click();
    await expect(page.getByText("Remove the demo")).toHaveCount(0);
    for (const list of ["projects", "trees", "builds"])
      expect((await (await page.request.get(`/api/v1/${list}`)).json()).items).toEqual([]);
    await context.close();
  });
});

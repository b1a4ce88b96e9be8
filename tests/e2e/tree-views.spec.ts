/** The three views of the tree page on a tree of another CI system, by keyboard, and what survives a reload and a lost network. */
import type { Page } from "@playwright/test";
import { OtherCi } from "./other-ci";
import { type Ask, asking, connect, report } from "./platform";
import { cli } from "./stack";
import { expect, test } from "./test";

const row = (page: Page, name: string) =>
  page.locator("[data-row]").filter({ has: page.getByRole("link", { name: `${harbour}-${name}`, exact: true }) });
const card = (page: Page, name: string) => page.getByRole("link", { name: new RegExp(`^${harbour}-${name}, event `) });

let ci: OtherCi;
let ask: Ask;
let tree: string;
let harbour: string;

test.beforeAll(async ({ site }) => {
  // after a test that failed, all of this runs again on the same arbiter
  harbour = `harbour${Date.now().toString(36)}`;
  test.setTimeout(180_000);
  ask = asking(site.url, cli(site, "token", "create", "--user", "admin"));
  ci = await OtherCi.start();
  ci.let(`${harbour}-dock`, "fails");
  ci.let(`${harbour}-crane`, "runs");
  await connect(ask, ci, {
    [harbour]: {},
    [`${harbour}-dock`]: { after: [[harbour]] },
    [`${harbour}-crane`]: { after: [[harbour]] },
    [`${harbour}-ship`]: { after: [[`${harbour}-dock`], [`${harbour}-crane`]] },
    [`${harbour}-light`]: { after: [[`${harbour}-dock`]] },
  });
  tree = await report(ask, site.url, harbour, "Dredge the basin");
});

test.afterAll(() => ci.stop());

test("graph, timeline and table are one key apart, and keep filter and selection in the address", async ({ page }) => {
  await page.goto(`/trees/${tree}`);
  await expect(card(page, "dock")).toHaveAttribute("data-state", "failed");
  await page.keyboard.press("2");
  await expect(page).toHaveURL(/view=timeline/);
  await expect(row(page, "dock").locator('[data-phase="running"]')).toHaveCount(1);
  await page.keyboard.press("3");
  await expect(page.getByRole("treegrid")).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.type("light");
  await expect(page.locator("[data-row]")).toHaveCount(1);
  await page.reload();
  await expect(page.locator("[data-row]")).toHaveCount(1);
  await expect(page.getByRole("searchbox", { name: "Filter events" })).toHaveValue("light");
});

test("the next failure is one key away in every view", async ({ page }) => {
  for (const view of ["graph", "timeline", "table"]) {
    await page.goto(`/trees/${tree}?view=${view}`);
    await page.locator("[data-card],[data-row]").first().waitFor();
    await page.keyboard.press("f");
    await expect(page.locator("[data-card]:focus,[data-row]:focus")).toHaveAttribute("data-state", "failed");
  }
});

test("focus shows one path only, in the address too, and Escape shows all again", async ({ page }) => {
  await page.goto(`/trees/${tree}?view=graph`);
  await card(page, "light").focus();
  await page.keyboard.press("x");
  await expect(page).toHaveURL(/focus=1\./);
  await expect(card(page, "crane")).toHaveCount(0);
  await expect(card(page, "dock")).toBeVisible();
  await page.reload();
  await expect(card(page, "light")).toBeVisible();
  await expect(card(page, "ship")).toHaveCount(0);
  await page.keyboard.press("Escape");
  await expect(card(page, "ship")).toBeVisible();
});

test("the table sorts, groups and chooses its columns, and is saved as a file", async ({ page }) => {
  await page.goto(`/trees/${tree}?view=table`);
  await page.getByRole("button", { name: "Project" }).click();
  await expect(page.getByRole("columnheader", { name: "Project" })).toHaveAttribute("aria-sort", "ascending");
  await page.getByRole("combobox", { name: "Group the rows" }).selectOption("state");
  await expect(page.getByRole("row", { name: /^failed 1$/ })).toBeVisible();
  await page.getByRole("button", { name: "Choose columns" }).click();
  await page.getByRole("checkbox", { name: "Ref" }).click();
  await expect(page.getByRole("columnheader", { name: "Ref" })).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("columnheader", { name: "Ref" })).toHaveCount(0);
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download CSV" }).click();
  expect((await saved).suggestedFilename()).toBe(`tree-${tree}.csv`);
});

test("a range of time is chosen by buttons as by dragging, and 0 shows all of it", async ({ page }) => {
  await page.goto(`/trees/${tree}?view=timeline`);
  await page.getByRole("button", { name: "Shorter range" }).click();
  await expect(page).toHaveURL(/range=/);
  await page.keyboard.press("0");
  await expect(page).not.toHaveURL(/range=/);
  const track = row(page, "crane")
    .locator("span")
    .filter({ has: page.locator("[data-phase]") })
    .last();
  const box = await track.boundingBox();
  if (!box) throw new Error("no track");
  await page.mouse.move(box.x + 20, box.y + 10);
  await page.mouse.down();
  await page.mouse.move(box.x + 220, box.y + 10);
  await page.mouse.up();
  await expect(page).toHaveURL(/range=\d/);
});

test("a link leads to exactly that tab of the drawer, and y copies it", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto(`/trees/${tree}?view=table`);
  await row(page, "dock").getByRole("link").click();
  const drawer = page.getByRole("complementary", { name: /^Event / });
  const deliveries = drawer.getByRole("link", { name: "Deliveries" });
  await deliveries.click();
  await expect(deliveries).toHaveAttribute("aria-current", "page");
  await page.keyboard.press("y");
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await expect.poll(copied).toMatch(/\/deliveries/);
  await page.goto(await copied());
  await expect(deliveries).toHaveAttribute("aria-current", "page");
});

test("the drawer is as wide, or as high, as one made it, also the next time", async ({ page }) => {
  await page.goto(`/trees/${tree}?view=table`);
  await row(page, "dock").getByRole("link").click();
  const drawer = page.getByRole("complementary", { name: /^Event / });
  const size = async () => (await drawer.boundingBox()) ?? { x: 0, width: 0, height: 0 };
  const before = (await size()).width;
  await drawer.getByRole("separator").focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await expect.poll(async () => (await size()).width).toBe(before + 48);
  const edge = (await size()).x;
  await page.mouse.move(edge, 400);
  await page.mouse.down();
  await page.mouse.move(2000, 400);
  await page.mouse.up();
  await expect.poll(async () => (await size()).width).toBe(360);
  await drawer.getByRole("button", { name: "Below the tree" }).click();
  await page.reload();
  await expect(drawer.getByRole("button", { name: "Below the tree" })).toHaveAttribute("aria-pressed", "true");
  expect((await size()).width).toBeGreaterThan(900);
  await expect(row(page, "dock")).toBeVisible();
});

test("the drawer tells how the project fared before, and where its log is", async ({ page }) => {
  await page.goto(`/trees/${tree}?view=table`);
  await row(page, "dock").getByRole("link").click();
  const drawer = page.getByRole("complementary", { name: /^Event / });
  await drawer.getByRole("link", { name: "History" }).click();
  const last = drawer.getByRole("region", { name: `Last events of ${harbour}-dock` });
  await expect(last.getByRole("listitem").filter({ hasText: "this event" })).toContainText("failed");
  await drawer.getByRole("link", { name: "Log", exact: true }).click();
  await expect(drawer.getByRole("heading", { name: "No log yet" })).toBeVisible();
});

test("the timeline groups its rows below their busy times", async ({ page }) => {
  await page.goto(`/trees/${tree}?view=timeline`);
  await page.getByRole("combobox", { name: "Group the rows" }).selectOption("state");
  const failed = page.getByRole("button", { name: /failed 1/ });
  await expect(row(page, "dock")).toBeVisible();
  await failed.click();
  await expect(row(page, "dock")).toHaveCount(0);
  await expect(failed).toHaveAttribute("aria-expanded", "false");
  await expect(row(page, "crane")).toBeVisible();
  // the way to the next failure opens its group
  await page.keyboard.press("f");
  await expect(row(page, "dock")).toBeFocused();
});

test("while the network is away the page says so; then it has the right states without a reload", async ({
  page,
  context,
}) => {
  test.setTimeout(120_000);
  await page.goto(`/trees/${tree}?view=table`);
  const live = page.locator("[data-live]"); // beside it, a list that could not be fetched again says the same
  await expect(live).toHaveText("Live");
  await expect(row(page, "crane")).toHaveAttribute("data-state", "running");
  await page.evaluate(() => Object.assign(window, { stillHere: true }));
  await context.setOffline(true);
  await expect(live).toHaveText(/^Reconnecting, data of /, { timeout: 45_000 });
  await ask("POST", `/trees/${tree}/cancel`);
  await context.setOffline(false);
  await expect(row(page, "crane")).toHaveAttribute("data-state", "cancelled", { timeout: 30_000 });
  expect(await page.evaluate(() => "stillHere" in window)).toBe(true);
});

test("a large tree opens in groups that keep their place when they are opened", async ({ page, site }) => {
  test.setTimeout(180_000);
  const services = Array.from({ length: 70 }, (_, i) => `${harbour}-svc-${String(i).padStart(2, "0")}`);
  await connect(ask, ci, Object.fromEntries(services.map((name) => [name, { after: [[harbour]] }])));
  const large = await report(ask, site.url, harbour, "Widen the basin");
  await page.goto(`/trees/${large}?view=graph`);
  const group = page.getByRole("button", { name: /^Group of 70 events/ });
  const before = await group.boundingBox();
  expect(await page.locator("[data-card]").count()).toBeLessThan(60);
  await group.focus();
  await page.keyboard.press("e");
  await expect(group).toHaveCount(0);
  const member = page.locator("[data-card]:focus");
  await expect(member).toBeVisible();
  const after = await member.boundingBox();
  expect(Math.abs((after?.y ?? 0) - (before?.y ?? 9999))).toBeLessThan(2);
  await page.keyboard.press("e");
  await expect(group).toBeFocused();
});

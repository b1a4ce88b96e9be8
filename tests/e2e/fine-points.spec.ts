/** Points 14, 16, 18 and 36 of design/ui.md, section 6, on one tree: a project that runs once for each parent, a Jenkins that takes a
 * trigger and starts nothing, how many are cancelled where, and a page on which nothing moves by itself. */
import type { Page } from "@playwright/test";
import { OtherCi } from "./other-ci";
import { asking, connect, report } from "./platform";
import { cli } from "./stack";
import { expect, test } from "./test";

const card = (page: Page, project: string) => page.getByRole("link", { name: new RegExp(`^${project}, event `) });

let ci: OtherCi;
let tree: string;
let mint: string;

test.beforeAll(async ({ site }) => {
  // after a test that failed, all of this runs again on the same arbiter
  mint = `mint${Date.now().toString(36)}`;
  const ask = asking(site.url, cli(site, "token", "create", "--user", "admin"));
  ci = await OtherCi.start();
  ci.let(`${mint}-coin`, "runs");
  ci.let(`${mint}-press`, "runs");
  ci.let(`${mint}-stamp`, "filters");
  await connect(ask, ci, {
    [mint]: {},
    [`${mint}-gold`]: { after: [[mint]] },
    [`${mint}-silver`]: { after: [[mint]] },
    [`${mint}-coin`]: { after: [[`${mint}-gold`], [`${mint}-silver`]], join: "each" },
    [`${mint}-press`]: { after: [[mint]], jenkins: true },
    [`${mint}-stamp`]: { after: [[mint]], jenkins: true },
  });
  tree = await report(ask, site.url, mint, "Melt the bars");
});

test.afterAll(() => ci.stop());

test("a project that joins its parents one by one has an event for each, and its edges say how many", async ({
  page,
}) => {
  await page.addInitScript(keepWords);
  await page.goto(`/trees/${tree}?view=graph`);
  const coins = card(page, `${mint}-coin`);
  await expect(coins).toHaveCount(2);
  const names = await coins.evaluateAll((all) => all.map((one) => one.getAttribute("aria-label") ?? one.textContent));
  const subs = names.map((name) => /event ([\d.]+)/.exec(name ?? "")?.[1]);
  expect(new Set(subs).size).toBe(2);
  // edges are painted, so what is written on them is read where it is written
  await expect.poll(() => page.evaluate(() => [...(window as unknown as Painted).words])).toContain("×2");
  await page.keyboard.press("3");
  await expect(page.getByRole("row", { name: new RegExp(`${mint}-coin`) })).toHaveCount(2);
});

test("a Jenkins that answers 200 and starts nothing is not shown as running, and the reason is told", async ({
  page,
}) => {
  await page.goto(`/trees/${tree}?view=graph`);
  await expect(card(page, `${mint}-stamp`)).toHaveAttribute("data-state", "undeliverable");
  await card(page, `${mint}-stamp`).click();
  const drawer = page.getByRole("complementary", { name: /^Event / });
  await drawer.getByRole("link", { name: "Deliveries" }).click();
  await expect(drawer).toContainText("Jenkins started nothing: the filter of");
  await expect(drawer).toContainText("HTTP 200");
});

test("with reduced motion nothing moves by itself, though something runs", async ({ page }) => {
  await page.goto(`/trees/${tree}?view=graph`);
  await expect(card(page, `${mint}-coin`).first()).toHaveAttribute("data-state", "running");
  const moving = () =>
    page.evaluate(() => document.getAnimations().filter((one) => one.playState === "running").length);
  expect(await moving()).toBe(0);
  const landed = () => card(page, `${mint}-press`).boundingBox();
  const before = await landed();
  await page.keyboard.press("+");
  await expect.poll(landed).not.toEqual(before);
  const there = await landed();
  expect(await landed(), "it jumped, and is not on its way").toEqual(there);
  await page.emulateMedia({ reducedMotion: "no-preference" });
  await expect.poll(moving, "what runs turns where motion is welcome").toBeGreaterThan(0);
});

test("cancelling tells how many run in which CI system, and each of them is told as cancelled", async ({ page }) => {
  await page.goto(`/trees/${tree}?view=graph`);
  await expect(card(page, `${mint}-press`)).toHaveAttribute("data-state", "running");
  await page.getByRole("button", { name: "Cancel…" }).click();
  const dialog = page.getByRole("dialog", { name: "Cancel this tree?" });
  await expect(dialog).toContainText(/This cancels 3 running \((webhook 2, Jenkins 1|Jenkins 1, webhook 2)\)/);
  await dialog.getByRole("button", { name: "Cancel 3 events" }).click();
  for (const project of ["coin", "press"])
    await expect(card(page, `${mint}-${project}`).first()).toHaveAttribute("data-state", "cancelled");
});

interface Painted {
  words: Set<string>;
}

function keepWords(): void {
  const words = new Set<string>();
  Object.assign(window, { words });
  const write = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...where) {
    words.add(text);
    write.call(this, text, ...where);
  };
}

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { DOORS, type Place, places, SCHEMES, WIDTHS } from "./pages";
import { expect, test } from "./test";

// what is found is told in words: a trace of pages that are only looked at costs more than looking at them
test.use({ trace: "off" });

/** The minified form: by itself axe comes in its full length, to each page anew. */
const AXE = readFileSync(axePath("axe-core/axe.min.js"), "utf8");

/** The narrowest that is looked at, and 1280 px at twice the size: nothing is cut off, and only down is scrolled. */
const TIGHT = [
  { width: 320, height: 640 },
  { width: 640, height: 400 },
];

/** Each page wide in one theme and narrow in the other: colours do not hang on the width, nor the order of things on the theme. */
async function scan(page: Page, place: Place): Promise<string[]> {
  const found: string[] = [];
  page.setDefaultTimeout(5_000);
  await page.goto(place.path);
  for (const [i, colorScheme] of SCHEMES.entries()) {
    const width = WIDTHS[i] ?? WIDTHS[0];
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    await place.settle(page);
    for (const { id, nodes } of await violations(page))
      found.push(...nodes.map((node) => `${place.name} ${colorScheme} ${width}: ${id} at ${node.target.join(" ")}`));
    found.push(...(await tooWide(page, place)));
  }
  for (const size of TIGHT) {
    await page.setViewportSize(size);
    found.push(...(await tooWide(page, place)));
  }
  return found;
}

/** What axe objects to. All of it runs within the page, which has no frames: else a second page would be opened to sum it up. */
async function violations(page: Page) {
  expect(page.frames()).toHaveLength(1);
  const known = await page.evaluate(() => "axe" in window);
  const builder = new AxeBuilder({ page, axeSource: known ? ";" : AXE });
  return (
    await builder
      .setLegacyMode()
      .options({ resultTypes: ["violations"] })
      .analyze()
  ).violations;
}

/** A file of the axe that the builder comes with. */
function axePath(file: string): string {
  const builder = createRequire(import.meta.url).resolve("@axe-core/playwright");
  return createRequire(builder).resolve(file);
}

async function tooWide(page: Page, { name }: Place): Promise<string[]> {
  const [width, over] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth - innerWidth]);
  return over > 0 ? [`${name} ${width}: ${over} px too wide`] : [];
}

test("every page is accessible, light and dark, wide and narrow", async ({ page, context, request }) => {
  test.setTimeout(900_000);
  const found: string[] = [];
  const left = await places(request);
  // axe keeps a core busy: two pages at once take half the time
  const scanAll = async (tab: Page) => {
    for (let place = left.pop(); place; place = left.pop()) found.push(...(await scan(tab, place).catch(told(place))));
  };
  await Promise.all([scanAll(page), scanAll(await context.newPage())]);
  expect(found).toEqual([]);
});

const told = (place: Place) => (error: Error) => [`${place.name}: ${error.message.split("\n")[0]}`];

test.describe("signed out", () => {
  test.use({ storageState: { cookies: [], origins: [] } });

  test("so is the door", async ({ page }) => {
    for (const door of DOORS) expect(await scan(page, door)).toEqual([]);
  });
});

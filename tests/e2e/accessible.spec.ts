import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { LOGIN, type Place, places, SCHEMES, WIDTHS } from "./pages";
import { expect, test } from "./test";

async function scan(page: Page, place: Place): Promise<string[]> {
  const found: string[] = [];
  await page.goto(place.path);
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      await place.settle(page);
      const { violations } = await new AxeBuilder({ page }).analyze();
      for (const { id, nodes } of violations)
        found.push(...nodes.map((node) => `${place.name} ${colorScheme} ${width}: ${id} at ${node.target.join(" ")}`));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (wide > 0) found.push(`${place.name} ${width}: ${wide} px too wide`);
    }
  }
  return found;
}

test("every page is accessible, light and dark, wide and narrow", async ({ page, request }) => {
  test.setTimeout(300_000);
  const found: string[] = [];
  for (const place of await places(request)) found.push(...(await scan(page, place)));
  expect(found).toEqual([]);
});

test.describe("signed out", () => {
  test.use({ storageState: { cookies: [], origins: [] } });

  test("so is the door", async ({ page }) => {
    expect(await scan(page, LOGIN)).toEqual([]);
  });
});

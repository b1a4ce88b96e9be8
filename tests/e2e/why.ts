/** Pictures of a tree that came to nothing in every way there is, and of what its drawer says of each. */
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import { OtherCi } from "./other-ci";
import { type Ask, asking, connect, eventOf, PLATFORM, report } from "./platform";
import { cli, type Stack } from "./stack";

const SETTLE_MS = 60_000;
const SUBJECTS = {
  skipped: "shop",
  filtered: "release-notes",
  "timed-out": "search",
  undeliverable: "billing",
  rerun: "renderer",
} as const;

/** Lets such a tree fall: `renderer` fails at first, and passes when it is run again. Answers its id. */
export async function fallen(ask: Ask, ci: OtherCi, url: string): Promise<string> {
  ci.let("renderer", "fails");
  ci.let("billing", "refuses");
  ci.let("search", "forgets");
  await connect(ask, ci, PLATFORM);
  const tree = await report(ask, url, "platform", "Store prices as whole cents");
  const state = async (project: string) => (await eventOf(ask, tree, project)).state;
  await expect.poll(() => state("renderer"), { timeout: SETTLE_MS }).toBe("failed");
  await expect.poll(() => state("billing"), { timeout: SETTLE_MS }).toBe("undeliverable");
  await expect.poll(() => state("search"), { timeout: SETTLE_MS }).toBe("timed_out");
  ci.let("renderer", "passes");
  const renderer = await eventOf(ask, tree, "renderer");
  await ask("POST", `/trees/${tree}/events/${renderer.sub_id}/rerun`, { downstream: true });
  await expect.poll(() => state("web"), { timeout: SETTLE_MS }).toBe("success");
  await expect.poll(() => state("shop"), { timeout: SETTLE_MS }).toBe("skipped");
  return tree;
}

export async function picturesOfWhy(page: Page, site: Pick<Stack, "url" | "home">, folder: string): Promise<void> {
  const ask = asking(site.url, cli(site, "token", "create", "--user", "admin"));
  const ci = await OtherCi.start();
  try {
    const tree = await fallen(ask, ci, site.url);
    const shoot = async (name: string, path: string, ready = "aside code") => {
      await page.goto(`${site.url}/trees/${tree}${path}`);
      await page.locator(ready).first().waitFor();
      await page.evaluate(() => document.fonts.ready);
      await page.screenshot({ path: join(folder, `tree-why-${name}.png`) });
    };
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width: 1280, height: 720 });
      await shoot(`all-${colorScheme}`, "?view=graph&crit=1", "[data-critical]");
      await shoot(`table-${colorScheme}`, "?view=table", "[data-row]");
      for (const [name, project] of Object.entries(SUBJECTS)) {
        const { sub_id: sub } = await eventOf(ask, tree, project);
        await shoot(`${name}-${colorScheme}`, `/events/${sub}/why?view=graph`);
      }
      const { sub_id: sub } = await eventOf(ask, tree, SUBJECTS.rerun);
      await shoot(`attempts-${colorScheme}`, `/events/${sub}/attempts?view=graph`, "aside dl");
    }
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme: "light" });
    await shoot("table-390", "", "[data-row]");
    const billing = await eventOf(ask, tree, SUBJECTS.undeliverable);
    await shoot("undeliverable-390", `/events/${billing.sub_id}/why`);
  } finally {
    ci.stop();
  }
}

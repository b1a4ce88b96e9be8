/** Writes a picture of every page, in light and dark, wide and narrow, to the folder $DOMINOCI_SCREENSHOTS. It starts a
 * DominoCI with its demo, lets a second tree fail, and looks at that one. `python -m tests.e2e.screenshots FOLDER` runs it. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { DOORS, type Place, places, SCHEMES, WIDTHS } from "./pages";
import { cli, shell, snippets } from "./stack";
import { picturesOfVision } from "./vision";
import { picturesOfWhy } from "./why";

const FOLDER = process.env.DOMINOCI_SCREENSHOTS ?? "screenshots";
const HEIGHT = { 1280: 800, 390: 844 };

async function picture(page: Page, place: Place): Promise<void> {
  await page.goto(place.path);
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: HEIGHT[width] });
      await place.settle(page);
      await page.evaluate(() => document.fonts.ready);
      await page.screenshot({ path: join(FOLDER, `${place.name}-${colorScheme}-${width}.png`), caret: "initial" });
    }
  }
}

test("pictures", async ({ page }) => {
  test.setTimeout(900_000);
  const site = JSON.parse(process.env.DOMINOCI_E2E ?? "{}");
  mkdirSync(FOLDER, { recursive: true });
  await page.goto(site.url);
  for (const door of DOORS) await picture(page, { ...door, path: site.url + door.path });
  await page.goto(site.link);
  await page.getByRole("heading", { name: "Welcome, admin" }).waitFor();
  await reached(page, site.url, "success");
  shell(site.home, "cd data/demo/core", snippets().break);
  await falling(page, site.url);
  await reached(page, site.url, "failed");
  const request = {
    get: (path: string) => page.request.get(site.url + path),
    post: (path: string, options: object) => page.request.post(site.url + path, options),
  };
  for (const place of await places(request as typeof page.request))
    await picture(page, { ...place, path: site.url + place.path });
});

test("pictures of why", async ({ page }) => {
  test.setTimeout(900_000);
  const site = JSON.parse(process.env.DOMINOCI_E2E ?? "{}");
  mkdirSync(FOLDER, { recursive: true });
  // the command does not know on which port the stack listens
  const code = /#code=\S+/.exec(cli(site, "login-link", "--user", "admin"))?.[0];
  await page.goto(`${site.url}/setup${code}`);
  await page.getByRole("heading", { name: "Welcome, admin" }).waitFor();
  await picturesOfWhy(page, site, FOLDER);
});

test("pictures of the states as others see them", async ({ page }) => {
  const site = JSON.parse(process.env.DOMINOCI_E2E ?? "{}");
  mkdirSync(FOLDER, { recursive: true });
  const code = /#code=\S+/.exec(cli(site, "login-link", "--user", "admin"))?.[0];
  await page.goto(`${site.url}/setup${code}`);
  await page.getByRole("heading", { name: "Welcome, admin" }).waitFor();
  await reached(page, site.url, "success");
  const { items } = await (await page.request.get(`${site.url}/api/v1/trees?state=success`)).json();
  await picturesOfVision(page, `${site.url}/trees/${items[0]?.id}`, FOLDER);
});

/** What the pages about connecting a CI system show: its target, filled in. */
const FILLED: Record<string, [kind: string, fields: Record<string, string>]> = {
  jenkins: ["Jenkins", { Job: "team/search" }],
  gitlab: ["GitLab", { Project: "team/search" }],
  github: ["GitHub Actions", { Repository: "team/search", Workflow: "ci.yml" }],
};

test("pictures of targets", async ({ page }) => {
  const site = JSON.parse(process.env.DOMINOCI_E2E ?? "{}");
  mkdirSync(FOLDER, { recursive: true });
  const code = /#code=\S+/.exec(cli(site, "login-link", "--user", "admin"))?.[0];
  await page.goto(`${site.url}/setup${code}`);
  await page.getByRole("heading", { name: "Welcome, admin" }).waitFor();
  await page.setViewportSize({ width: 1280, height: 900 });
  for (const [name, [kind, fields]] of Object.entries(FILLED)) {
    await page.goto(`${site.url}/projects/app/settings/target`);
    await page.getByRole("radio", { name: new RegExp(`^${kind}`) }).check();
    for (const [label, value] of Object.entries(fields))
      await page.getByRole("textbox", { name: new RegExp(`^${label}( \\*)?$`) }).fill(value);
    await page.screenshot({ path: join(FOLDER, `target-${name}-light-1280.png`) });
  }
});

/** A tree in the middle of its fall. */
async function falling(page: Page, url: string): Promise<void> {
  await reached(page, url, "running");
  const running = await (await page.request.get(`${url}/api/v1/trees?state=running`)).json();
  await page.setViewportSize({ width: 1280, height: 620 });
  await page.goto(`${url}/trees/${running.items[0]?.id}`);
  await page.locator('[data-card][data-state="running"]').first().waitFor();
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: join(FOLDER, `tree-falling-${colorScheme}-1280.png`) });
  }
}

/** Returns once there is a tree in this state. */
async function reached(page: Page, url: string, state: string): Promise<void> {
  const ask = async () => (await (await page.request.get(`${url}/api/v1/trees?state=${state}`)).json()).items.length;
  await expect.poll(ask, { timeout: 120_000 }).toBeGreaterThan(0);
}

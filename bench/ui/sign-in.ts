/** Signs in once, with the one-time link, for all measures. */
import { chromium, expect } from "@playwright/test";
import { LAUNCH } from "./chrome";
import { PLACES, SIGNED_IN } from "./places";

const COOKIE = "dominoci_session";

export default async function globalSetup(): Promise<void> {
  const browser = await chromium.launch(LAUNCH);
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(PLACES.link);
  await expect
    .poll(async () => (await context.cookies()).map(({ name }) => name), { timeout: 60_000 })
    .toContain(COOKIE);
  await context.storageState({ path: SIGNED_IN });
  await browser.close();
}

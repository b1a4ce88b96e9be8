/** Points 31 and 40 of design/ui.md, section 6: all of it by keyboard, with a focus that one sees; and a line of half a Mbit. */
import type { Page } from "@playwright/test";
import { expect, test } from "./test";

const STOPS = 30;
/** Half a Mbit/s with 400 ms there and back: "slow 3G". */
const SLOW = { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 };

interface Tree {
  id: string;
}

async function failed(page: Page): Promise<Tree> {
  return (await (await page.request.get("/api/v1/trees?state=failed&project=core&limit=1")).json()).items[0];
}

/** What is wrong with the element that has the focus: nothing shows that it has it, or something lies over all of it. */
function unseen(): string | null {
  const here = document.activeElement;
  if (!here || here === document.body) return null;
  const name = `${here.tagName} ${here.getAttribute("aria-label") ?? here.textContent?.trim().slice(0, 40)}`;
  // a hidden field may show its focus on what it belongs to
  const shows = [here, here.parentElement, here.nextElementSibling].some((element) => {
    if (!element) return false;
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    return (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow.includes("inset");
  });
  if (!shows) return `${name}: no outline`;
  const { left, right, top, bottom } = here.getBoundingClientRect();
  const within = (at: number, most: number) => Math.min(Math.max(at, 1), most - 2);
  const spots = [0.1, 0.5, 0.9].map((part) => [left + (right - left) * part, top + (bottom - top) * part] as const);
  const free = spots.some(([x, y]) => {
    const above = document.elementFromPoint(within(x, innerWidth), within(y, innerHeight));
    return (
      above !== null && (here.contains(above) || above.contains(here) || (here.parentElement?.contains(above) ?? false))
    );
  });
  return free ? null : `${name}: covered`;
}

test("Tab goes through every kind of page with a focus that one sees, under no drawer and no header", async ({
  page,
}) => {
  const tree = await failed(page);
  const wrong = new Set<string>();
  for (const path of [
    "/",
    "/projects/app",
    "/projects/app/settings/dependencies",
    `/trees/${tree.id}/events/1.1/why?view=graph`,
    `/trees/${tree.id}?view=timeline`,
    "/builds",
    "/graph?focus=app",
  ]) {
    await page.goto(path);
    await page.getByRole("main").getByRole("link").first().waitFor();
    await page.waitForLoadState("networkidle");
    for (let stop = 0; stop < STOPS; stop += 1) {
      await page.keyboard.press("Tab");
      const what = await page.evaluate(unseen);
      if (what) wrong.add(`${path.replace(tree.id, "…")} ${what}`);
    }
  }
  expect([...wrong]).toEqual([]);
});

test("a setting is saved, a dialog answered and the actions of an event reached without a mouse", async ({ page }) => {
  await page.goto("/projects/app/settings/general");
  const contact = page.getByLabel("Contact");
  await contact.focus();
  const before = await contact.inputValue();
  await page.keyboard.press("End");
  await page.keyboard.type("!");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status").filter({ hasText: "Saved" })).toBeVisible();
  await contact.fill(before);
  await page.keyboard.press("Enter");

  // the dialog takes the focus, keeps it, and gives it back
  await page.goto("/projects/app/settings/danger");
  const opener = page.getByRole("button", { name: /^Delete/ }).first();
  await opener.focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  for (let stop = 0; stop < 6; stop += 1) await page.keyboard.press("Tab");
  expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true);
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(opener).toBeFocused();

  const tree = await failed(page);
  await page.goto(`/trees/${tree.id}`);
  await page.getByRole("link", { name: /^core, event 1/ }).waitFor();
  await page.keyboard.press("f");
  await page.keyboard.press("Enter");
  const drawer = page.getByRole("complementary", { name: /^Event / });
  await expect(drawer).toBeVisible();
  await page.keyboard.press(".");
  await expect(drawer.getByRole("button", { name: "Rerun", exact: true })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(drawer).toHaveCount(0);
});

test("on a slow line every page shows its shape at once, and asks for nothing more than it must", async ({ page }) => {
  test.setTimeout(180_000);
  const tree = await failed(page);
  await page.goto("/");
  await page.getByRole("table", { name: "Recent trees" }).waitFor();
  const line = await page.context().newCDPSession(page);
  await line.send("Network.enable");
  await line.send("Network.emulateNetworkConditions", SLOW);
  for (const path of [`/trees/${tree.id}`, "/projects/app"]) {
    const asked: string[] = [];
    const note = (request: { method(): string; url(): string }) => {
      if (request.method() === "GET" && request.url().includes("/api/")) asked.push(request.url());
    };
    page.on("request", note);
    await page.goto(path, { waitUntil: "commit" });
    // before any script has come the page says so, and is not blank
    await expect(page.getByText("Loading DominoCI…")).toBeVisible();
    await expect(page.getByRole("status", { name: "Loading" }).first()).toBeVisible();
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("networkidle");
    page.off("request", note);
    // what was asked before the live feed was there is asked once more, since it may have changed in between
    const times = (url: string) => asked.filter((one) => one === url).length;
    expect(asked.filter((url) => times(url) > 2)).toEqual([]);
  }
});

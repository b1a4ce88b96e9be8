/** The log of real builds: long ones, running ones, hostile ones. */
import type { Page } from "@playwright/test";
import { pushed } from "./own-build";
import { type Ask, asking } from "./platform";
import { cli } from "./stack";
import { expect, test } from "./test";

const LINES = 100_000;
const DONE_MS = 60_000;
const MOST_ELEMENTS = 400;
const log = (page: Page) => page.getByRole("log");
const numbers = (page: Page) => log(page).locator("a[data-n]");
const linked = (page: Page) => log(page).locator("[data-linked]");
const row = (page: Page, n: number) => log(page).locator(`div:has(> a[data-n="${n}"])`);
const fold = (page: Page, step: string) => log(page).getByRole("button", { name: new RegExp(`^▾?▸? ?${step}`) });
const elements = (page: Page) => log(page).evaluate((element) => element.querySelectorAll("*").length);

/** Waits until the agent has brought a build to its end. */
async function ended(ask: Ask, build: string): Promise<void> {
  const state = async () => (await ask<{ state: string }>("GET", `/builds/${build}`)).state;
  await expect.poll(state, { timeout: DONE_MS }).toMatch(/success|failed|cancelled/);
}

test("a failed build of 100,000 lines opens at its error, finds in all steps, and mounts few elements", async ({
  page,
  site,
}) => {
  test.setTimeout(2 * DONE_MS);
  const token = cli(site, "token", "create", "--user", "admin");
  const ask = asking(site.url, token);
  const build = await pushed(ask, site, token, "long-log", {
    prepare: "echo needle in a folded step",
    count: `seq ${LINES}; echo 'ERROR: the count went wrong'; seq 50; echo 'a second error'; seq 200; exit 3`,
    unreached: "echo never",
  });
  await ended(ask, build);
  await page.goto(`/builds/${build}`);
  await expect(row(page, LINES + 1)).toContainText("ERROR: the count went wrong");
  await expect(row(page, LINES + 1)).toBeInViewport();
  await expect(fold(page, "prepare")).toHaveCount(0);

  await page.keyboard.press("f");
  await expect(row(page, LINES + 1)).toBeInViewport();
  await page.keyboard.press("f");
  await expect(row(page, LINES + 52)).toContainText("a second error");
  await page.keyboard.press("Shift+F");
  await expect(row(page, LINES + 1)).toBeInViewport();

  // the true count, of lines that are here and of a step that was never opened
  const wanted = Array.from({ length: LINES }, (_, i) => String(i + 1)).filter((n) => n.includes("777")).length;
  await page.keyboard.press("Control+f");
  await page.keyboard.type("777");
  await expect(page.getByText(`– of ${wanted.toLocaleString("en")}`)).toBeVisible();
  await page.getByRole("searchbox", { name: "Find in the log" }).fill("needle");
  await expect(page.getByText("– of 1", { exact: true })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(log(page).locator("mark")).toBeInViewport();
  await expect(fold(page, "prepare")).toHaveAttribute("aria-expanded", "true");
  await page.keyboard.press("Escape");

  for (const share of [0.1, 0.5, 0.9]) {
    await log(page).evaluate((element, at) => element.scrollTo(0, at * element.scrollHeight), share);
    await expect(numbers(page).nth(30)).toBeInViewport();
    expect(await elements(page)).toBeLessThanOrEqual(MOST_ELEMENTS);
  }
});

test("a line is linked by a click, a range with Shift, and the link leads there again", async ({ page, site }) => {
  const token = cli(site, "token", "create", "--user", "admin");
  const [newest] = (await asking(site.url, token)<{ items: { id: string }[] }>("GET", "/builds?project=long-log"))
    .items;
  await page.goto(`/builds/${newest?.id}?step=2#L77777`);
  await expect(row(page, 77_777)).toBeInViewport();
  await expect(linked(page)).toHaveCount(1);
  await page.locator('[data-n="77780"]').click();
  await expect(page).toHaveURL(/\?step=2#L77780$/);
  await page.locator('[data-n="77784"]').click({ modifiers: ["Shift"] });
  await expect(page).toHaveURL(/\?step=2#L77780-L77784$/);
  await expect(linked(page)).toHaveCount(5);
  await page.reload();
  await expect(row(page, 77_780)).toBeInViewport();
  await expect(linked(page)).toHaveCount(5);
  const raw = await page.request.get(`/api/v1/builds/${newest?.id}/log?step=2`);
  expect((await raw.text()).split("\n")[77_776]).toBe("77777");
});

test("a running log is followed until one scrolls up, and a link into it wins", async ({ page, site }) => {
  test.setTimeout(2 * DONE_MS);
  const token = cli(site, "token", "create", "--user", "admin");
  const ask = asking(site.url, token);
  const build = await pushed(ask, site, token, "running-log", {
    talk: "seq 1500; i=0; while [ $i -lt 900 ]; do i=$((i+1)); echo tick $i; sleep 0.1; done",
  });
  const pill = page.getByRole("button", { name: /follow \(End\)/ });
  const atEnd = () => log(page).evaluate((e) => e.scrollHeight - e.clientHeight - e.scrollTop < 40);
  try {
    await page.goto(`/builds/${build}`);
    await expect(log(page)).toContainText(/tick \d+/, { timeout: DONE_MS });
    await expect(pill).toBeHidden();
    const before = Number((await numbers(page).last().getAttribute("data-n")) ?? 0);
    const last = async () => Number((await numbers(page).last().getAttribute("data-n")) ?? 0);
    await expect.poll(last).toBeGreaterThan(before);
    expect(await atEnd()).toBe(true);

    await log(page).hover();
    await page.mouse.wheel(0, -600);
    await expect(pill).toHaveText(/\d+ new lines · follow/);
    const stands = await log(page).evaluate((element) => element.scrollTop);
    await expect(pill).not.toHaveText(/^▼ [12] new/);
    expect(await log(page).evaluate((element) => element.scrollTop)).toBe(stands);
    await log(page).press("End");
    await expect(pill).toBeHidden();
    await expect.poll(atEnd).toBe(true);

    await page.goto(`/builds/${build}?step=1#L1199`);
    await expect(row(page, 1199)).toBeInViewport();
    await expect(pill).toHaveText(/new lines/);
    await expect(row(page, 1199)).toBeInViewport();
    await expect(page).toHaveTitle(/^◔ running-log #1/);
  } finally {
    await ask("POST", `/builds/${build}/cancel`);
    await ended(ask, build);
  }
});

test("what a log holds stays text", async ({ page, site }) => {
  const token = cli(site, "token", "create", "--user", "admin");
  const ask = asking(site.url, token);
  const build = await pushed(ask, site, token, "hostile-log", {
    print: [
      "printf '\\033[31mred\\033[0m and plain\\n'",
      "printf '<script>window.hacked = 1</script><img src=x onerror=hacked()>\\n'",
      "printf 'user\\342\\200\\256nimda\\n'",
      "printf 'zero\\000byte\\n'",
      "printf '10%%\\r50%%\\rdone 100%%\\n'",
      "head -c 1000000 /dev/zero | tr '\\000' x; echo",
      "printf '\\033]8;;javascript:hacked()\\033\\\\no link\\033]8;;\\033\\\\\\n'",
    ].join("\n"),
  });
  await ended(ask, build);
  await page.goto(`/builds/${build}?step=1`);
  await expect(row(page, 1)).toHaveText("red and plain");
  await expect(row(page, 2)).toContainText("<script>window.hacked = 1</script>");
  await expect(row(page, 3)).toContainText("user⟨U+202E⟩nimda");
  await expect(row(page, 4)).toContainText("zero⟨U+0000⟩byte");
  await expect(row(page, 5)).toHaveText("done 100%");
  await expect(row(page, 6).getByRole("button", { name: /show/ })).toBeAttached();
  expect((await row(page, 6).textContent())?.length).toBeLessThan(5000);
  await expect(row(page, 7)).toHaveText("no link");
  expect(await row(page, 7).locator("span a").count()).toBe(0);
  expect(await page.evaluate(() => "hacked" in window)).toBe(false);
});

/** B4, B5, B6: large event trees. */
import { type Page, test } from "@playwright/test";
import { type Chrome, oneBrowser, onPage } from "./chrome";
import { Changes } from "./live";
import { PLACES, record, threeTimes } from "./places";

oneBrowser();
const STEPS = 60;
const ZOOM_STEPS = 30;
const LIFE_S = 30;
const LIFE_CHANGES = 3_000;
const REST_MS = 1_500;

async function open(page: Page, events: number): Promise<void> {
  await page.goto(`/trees/${PLACES.trees[events]}?view=graph`);
  await page.waitForFunction(() => window.__notes.drawn !== null);
}

/** From the last byte of the graph's JSON to its first cards, on a thread that can answer again; and the longest task. */
async function drawing(page: Page, chrome: Chrome): Promise<{ drawn: number; longest: number; layout: number }> {
  await page.waitForTimeout(REST_MS);
  const { drawn, tasks, layouts } = await chrome.notes();
  const received = await page.evaluate(() => {
    const entry = performance.getEntriesByType("resource").find(({ name }) => /\/trees\/[^/]+\/graph/.test(name));
    return (entry as PerformanceResourceTiming | undefined)?.responseEnd ?? Number.NaN;
  });
  const longest = Math.max(0, ...tasks.filter(({ at, took }) => at + took > received).map(({ took }) => took));
  return { drawn: (drawn ?? Number.NaN) - received, longest, layout: Math.max(0, ...layouts) };
}

for (const [rate, events, budget] of [
  [1, 500, undefined],
  [1, 1_000, 400],
  [4, 1_000, 1_200],
  [1, 5_000, undefined],
] as const) {
  test(`B4 tree of ${events} drawn at ${rate}x`, async () => {
    const found = await threeTimes(() =>
      onPage(async (page, chrome) => {
        await chrome.throttle(rate);
        await open(page, events);
        return drawing(page, chrome);
      }),
    );
    const what = `B4 tree of ${events.toLocaleString("en")} at ${rate}x`;
    record(`${what}, JSON to drawn`, found.drawn, { unit: "ms", budget });
    if (rate > 1) return;
    record(`${what}, longest task`, found.longest, { unit: "ms", budget: events === 1_000 ? 200 : undefined });
    const told = "by the clock, with the message there and back: at least what the worker's CPU took";
    record(`${what}, layout in the worker`, found.layout, {
      unit: "ms",
      budget: events === 1_000 ? 150 : undefined,
      told,
    });
  });
}

async function pan(page: Page): Promise<void> {
  for (let step = 0; step < STEPS; step += 1)
    await page.mouse.wheel(step % 20 < 10 ? 60 : -60, step % 8 < 4 ? 40 : -40);
}

async function zoom(page: Page): Promise<void> {
  await page.keyboard.down("Control");
  for (let step = 0; step < ZOOM_STEPS; step += 1) await page.mouse.wheel(0, step % 10 < 5 ? 60 : -60);
  await page.keyboard.up("Control");
}

for (const [events, budget] of [
  [1_000, 10],
  [5_000, 14],
] as const) {
  test(`B5 pan and zoom over ${events}`, async () => {
    const found = await threeTimes(() =>
      onPage(async (page, chrome) => {
        await open(page, events);
        await page.waitForTimeout(REST_MS);
        await page.mouse.move(600, 500);
        const panned = await chrome.cpuPerFrame(() => pan(page));
        const zoomed = await chrome.cpuPerFrame(() => zoom(page));
        const elements = await page.evaluate(() => document.querySelectorAll("*").length);
        return { panned, zoomed, elements };
      }),
    );
    const size = events.toLocaleString("en");
    record(`B5 pan over ${size}, CPU a frame`, found.panned, { unit: "ms", budget });
    record(`B5 zoom over ${size}, CPU a frame`, found.zoomed, { unit: "ms", budget });
    record(`B5 page of ${size}`, found.elements, { unit: "elements", budget: 2_500 });
  });
}

test("B5 pan over 1000 that are all opened", async () => {
  const found = await threeTimes(() =>
    onPage(async (page, chrome) => {
      await open(page, 1_000);
      await page.keyboard.press("E");
      await page.getByRole("button", { name: /^Show \d+ cards$/ }).click();
      await page.waitForFunction((count) => window.__notes.layouts.length >= count, 2);
      await page.waitForTimeout(REST_MS);
      await page.mouse.move(600, 500);
      const near = await chrome.cpuPerFrame(() => pan(page));
      await page.keyboard.press("0");
      await page.waitForTimeout(REST_MS);
      const far = await chrome.cpuPerFrame(() => pan(page));
      const elements = await page.evaluate(() => document.querySelectorAll("*").length);
      return { near, far, elements };
    }),
  );
  record("B5 pan over 1,000 all opened, near, CPU a frame", found.near, { unit: "ms", budget: 10 });
  record("B5 pan over 1,000 all opened, whole, CPU a frame", found.far, { unit: "ms", budget: 10 });
  record("B5 page of 1,000 all opened", found.elements, { unit: "elements", budget: 2_500 });
});

test("B6 two hundred changes in a second", async () => {
  const found = await threeTimes(() =>
    onPage(async (page, chrome) => {
      const changes = await Changes.of(page, 1_000);
      await open(page, 1_000);
      await page.waitForTimeout(REST_MS);
      const before = await chrome.notes();
      await changes.make(200, 1_000);
      await page.waitForTimeout(300);
      const after = await chrome.notes();
      return {
        commits: after.commits - before.commits,
        layouts: after.layouts.length - before.layouts.length,
        longest: Math.max(0, ...after.tasks.slice(before.tasks.length).map(({ took }) => took)),
      };
    }),
  );
  const told = "the messages are put into the page's own socket in the server's words; 1.3 s are counted";
  record("B6 200 changes in 1 s", found.commits, { unit: "commits", budget: 4, told });
  record("B6 200 changes in 1 s, graph", found.layouts, { unit: "layouts", budget: 0 });
  record("B6 200 changes in 1 s, longest task", found.longest, { unit: "ms", budget: 100 });
});

test("B6 a long life", async () => {
  const grown = await onPage(async (page, chrome) => {
    const changes = await Changes.of(page, 1_000);
    await open(page, 1_000);
    await changes.make(200, 1_000);
    await page.waitForTimeout(REST_MS);
    const before = await chrome.heap();
    await changes.make(LIFE_CHANGES, LIFE_S * 1000);
    await page.waitForTimeout(REST_MS);
    return (await chrome.heap()) - before;
  });
  const told =
    `${LIFE_CHANGES.toLocaleString("en")} changes (three of each event, as many as half an hour has) in ${LIFE_S} s instead of ` +
    `1,800: clocks ticked ${LIFE_S} times, not 1,800; one run`;
  record("B6 heap after a life of 1,000 events", [grown], { unit: "MB", budget: 20, told });
});

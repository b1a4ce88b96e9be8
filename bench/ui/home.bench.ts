/** B1 and B3: what the first route costs to load, and when it can be used. B8: the ways from there. */
import { type Page, test } from "@playwright/test";
import { type Chrome, oneBrowser, onPage } from "./chrome";
import { PLACES, record, threeTimes } from "./places";

oneBrowser();
const KB = 1024;
const REST_MS = 2_500;
const LONG_MS = 50;

/** Home stands, and has been left alone for a while: what it still wanted to do is done. */
async function home(page: Page): Promise<void> {
  await page.goto("/");
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.waitForLoadState("networkidle");
  await page.waitForTimeout(REST_MS);
}

test("B1 first route, bytes and requests", async () => {
  const found = await threeTimes(() =>
    onPage(async (page) => {
      await page.goto("/");
      await page.getByRole("heading", { level: 1 }).waitFor();
      const loaded = await page.evaluate(() =>
        performance.getEntriesByType("resource").map((entry) => {
          const { name, encodedBodySize } = entry as PerformanceResourceTiming;
          return { path: new URL(name).pathname, own: name.startsWith(location.origin), size: encodedBodySize };
        }),
      );
      const files = (end: string) => loaded.filter(({ path }) => path.endsWith(end));
      const kb = (end: string) => files(end).reduce((sum, { size }) => sum + size, 0) / KB;
      return {
        js: kb(".js"),
        css: kb(".css"),
        requests: files(".js").length + files(".css").length,
        foreign: loaded.filter(({ own }) => !own).length,
      };
    }),
  );
  record("B1 first route, JS as sent", found.js, { unit: "KB", budget: 200 });
  record("B1 first route, CSS as sent", found.css, { unit: "KB", budget: 45 });
  record("B1 first route, JS and CSS", found.requests, { unit: "requests", budget: 12 });
  record("B1 from elsewhere", found.foreign, { unit: "requests", budget: 0 });
});

/** First paint, the end of the last long task, and what long tasks blocked after the first paint beyond 50 ms each. */
async function loading(page: Page, chrome: Chrome): Promise<{ fcp: number; tti: number; tbt: number }> {
  const fcp = await page.evaluate(
    () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN,
  );
  const { tasks } = await chrome.notes();
  const after = tasks.filter(({ at, took }) => at + took > fcp);
  const last = after.at(-1);
  const tbt = after.reduce((sum, { took }) => sum + Math.max(0, took - LONG_MS), 0);
  return { fcp: fcp / 1000, tti: Math.max(fcp, last ? last.at + last.took : 0) / 1000, tbt: tbt / 1000 };
}

test("B3 home on a slow machine and line", async () => {
  const found = await threeTimes(() =>
    onPage(async (page, chrome) => {
      await chrome.throttle(4);
      await chrome.slowLine();
      await home(page);
      return loading(page, chrome);
    }),
  );
  record("B3 home at 4x, first paint", found.fcp, { unit: "s", budget: 2.0 });
  record("B3 home at 4x, last long task ends", found.tti, { unit: "s", budget: 2.5 });
  record("B3 home at 4x, blocked in all", found.tbt, { unit: "s", budget: 1.2 });
});

test("B8 palette", async () => {
  const found = await threeTimes(() =>
    onPage(async (page, chrome) => {
      await home(page);
      const opens = await chrome.latency(() => page.keyboard.press("Control+k"), {
        from: "keydown",
        selector: "[role=combobox]:focus",
      });
      const hits = await chrome.latency(() => page.keyboard.type("compile"), {
        from: "input",
        selector: "[role=option]",
      });
      return { opens, hits };
    }),
  );
  record("B8 palette opens", found.opens, { unit: "ms", budget: 50 });
  record("B8 palette, first hits after the first letter", found.hits, { unit: "ms", budget: 400 });
});

test("B8 local hits of the palette", async () => {
  const found = await threeTimes(() =>
    onPage(async (page, chrome) => {
      await home(page);
      await page.keyboard.press("Control+k");
      await page.locator("[role=combobox]:focus").waitFor();
      const hits = await chrome.latency(() => page.keyboard.type("Tree"), {
        from: "input",
        selector: "[role=option]",
        text: "Trees",
      });
      return { hits };
    }),
  );
  record("B8 palette, local hits", found.hits, { unit: "ms", budget: 100 });
});

test("B8 cached route change", async () => {
  const found = await threeTimes(() =>
    onPage(async (page, chrome) => {
      await home(page);
      const rail = page.getByRole("navigation", { name: "Main" });
      const go = (name: string) => rail.getByRole("link", { name, exact: true }).click();
      const to = (name: string) => chrome.latency(() => go(name), { from: "pointerdown", selector: "h1", text: name });
      for (const name of ["Trees", "Projects", "Trees"]) {
        await to(name);
        await page.waitForLoadState("networkidle");
      }
      return { projects: await to("Projects"), trees: await to("Trees") };
    }),
  );
  record("B8 to Projects, seen before", found.projects, { unit: "ms", budget: 100 });
  record("B8 to Trees, seen before", found.trees, { unit: "ms", budget: 100 });
});

test("B8 drawer", async () => {
  const found = await threeTimes(() =>
    onPage(async (page, chrome) => {
      await page.goto(`/trees/${PLACES.trees[41]}?view=graph`);
      // the one card that Tab reaches is always in view
      const card = page.locator('[data-card][tabindex="0"]');
      await card.focus();
      await page.waitForLoadState("networkidle");
      const opens = await chrome.latency(() => page.keyboard.press("Enter"), {
        from: "keydown",
        selector: "aside[aria-label^='Event']",
      });
      return { opens };
    }),
  );
  record("B8 drawer opens", found.opens, { unit: "ms", budget: 100 });
});

/** B7: long logs. */
import { type Page, test } from "@playwright/test";
import { oneBrowser, onPage } from "./chrome";
import { PLACES, record, threeTimes } from "./places";

oneBrowser();
const STEPS = 60;
const REST_MS = 1_500;
/** Before one types: what there is to look through is made ready meanwhile. */
const FIELD_MS = 500;
const LIVE_S = 30;
const LINES_A_SECOND = 2_000;
const BATCHES_A_SECOND = 10;
const BEATS_S = 5;

const LOG = "[role=log]";
/** In every line but one of a thousand. */
const WORD = "module_";

async function open(page: Page, lines: number): Promise<number> {
  await page.goto(`/builds/${PLACES.build}?step=${PLACES.steps[lines]}`, { waitUntil: "commit" });
  await page.waitForFunction(([log, word]) => document.querySelector(log)?.textContent?.includes(word), [
    LOG,
    WORD,
  ] as const);
  return page.evaluate(() => performance.now());
}

for (const [lines, judged] of [
  [10_000, false],
  [100_000, true],
  [1_000_000, false],
] as const) {
  test(`B7 log of ${lines} lines`, async () => {
    const found = await threeTimes(() =>
      onPage(async (page, chrome) => {
        const first = (await open(page, lines)) / 1000;
        await page.waitForTimeout(REST_MS);
        await page.locator(LOG).hover();
        await page.mouse.wheel(0, -2 * lines * 20);
        const wheel = async (by: number) => {
          for (let step = 0; step < STEPS; step += 1) await page.mouse.wheel(0, by);
        };
        const scroll = await chrome.cpuPerFrame(() => wheel(120));
        const fling = await chrome.cpuPerFrame(() => wheel(4_000));
        const elements = await page.locator(`${LOG} *`).count();
        const heap = await chrome.heap();
        return { first, scroll, fling, elements, heap };
      }),
    );
    const what = `B7 log of ${lines.toLocaleString("en")} lines`;
    const bound = (budget: number) => (judged ? budget : undefined);
    record(`${what}, opened to first lines`, found.first, { unit: "s", budget: bound(1) });
    record(`${what}, scroll, CPU a frame`, found.scroll, { unit: "ms", budget: bound(8) });
    record(`${what}, fling, CPU a frame`, found.fling, { unit: "ms", budget: bound(12) });
    record(`${what}, within the log`, found.elements, { unit: "elements", budget: bound(400) });
    record(`${what}, heap`, found.heap, { unit: "MB", budget: bound(80) });
  });
}

for (const [what, budget, told] of [
  ["100,000 lines", 150, "half a second after the field was chosen"],
  ["1,110,000 lines of four steps, three not opened", undefined, "what is here is told before: this is all of it"],
] as const) {
  test(`B7 find in a log of ${what}`, async () => {
    const single = budget !== undefined;
    const found = await threeTimes(() =>
      onPage(async (page, chrome) => {
        if (single) await page.goto(`/builds/${PLACES.single}?step=1`, { waitUntil: "commit" });
        else await open(page, 100_000);
        await page.locator(LOG).getByText(WORD).first().waitFor();
        await page.waitForTimeout(REST_MS);
        await page.getByRole("searchbox", { name: /find/i }).click();
        await page.waitForTimeout(FIELD_MS);
        const find = await chrome.latency(() => page.keyboard.insertText("assertion failed"), {
          from: "input",
          selector: "[role=status], output",
          text: single ? "of 100" : "of 1,110",
        });
        return { find };
      }),
    );
    record(`B7 find in ${what}`, found.find, { unit: "ms", budget, told });
  });
}

interface Claimed {
  id: string;
  token: string;
}

async function asked<T>(
  method: string,
  path: string,
  token: string,
  body: string,
  type = "application/json",
): Promise<T> {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": type };
  const answer = await fetch(`${PLACES.url}/api/v1${path}`, { method, headers, body });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json() as Promise<T>;
}

/** A build of ours with one step that has begun. */
async function build(): Promise<Claimed> {
  const claimed = await asked<Claimed>("POST", "/agents/claim", PLACES.agent_token, "{}");
  const step = { n: 1, pipeline: "build", stage: "test", name: "talks", state: "running" };
  const told = JSON.stringify({ commit: "d".repeat(40), steps: [step] });
  await asked("POST", `/builds/${claimed.id}/state`, claimed.token, told);
  return claimed;
}

/** Writes to the log from `offset` on, as fast as the budget says; answers where it ends. */
async function talk({ id, token }: Claimed, offset: number, seconds: number): Promise<number> {
  const begun = Date.now();
  const each = LINES_A_SECOND / BATCHES_A_SECOND;
  let end = offset;
  for (let batch = 1; batch <= seconds * BATCHES_A_SECOND; batch += 1) {
    const text = Array.from({ length: each }, (_, i) => `${batch * each + i} ${WORD}${i} says something again\n`).join(
      "",
    );
    await asked("PUT", `/builds/${id}/steps/1/log?offset=${end}`, token, text, "application/octet-stream");
    end += text.length;
    // a build that is not heard of goes to another agent
    if (batch % (BEATS_S * BATCHES_A_SECOND) === 0) await asked("POST", `/builds/${id}/heartbeat`, token, "{}");
    const ahead = (batch * 1000) / BATCHES_A_SECOND - (Date.now() - begun);
    if (ahead > 0) await new Promise((done) => setTimeout(done, ahead));
  }
  return end;
}

test("B7 a log that grows", async () => {
  const longest = await onPage(async (page, chrome) => {
    const mine = await build();
    await page.goto(`/builds/${mine.id}?step=1`);
    await page.locator(LOG).waitFor();
    const offset = await talk(mine, 0, 1);
    await page.waitForTimeout(REST_MS);
    const before = (await chrome.notes()).tasks.length;
    await talk(mine, offset, LIVE_S);
    return Math.max(0, ...(await chrome.notes()).tasks.slice(before).map(({ took }) => took));
  });
  record("B7 2,000 lines a second for 30 s, longest task", [longest], { unit: "ms", budget: 100, told: "one run" });
});

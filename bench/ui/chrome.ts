/** A page in Chromium with what DevTools know of it: CPU time, throttling, the heap; and what the page itself notes. */
import { type Browser, type CDPSession, chromium, type LaunchOptions, type Page, test } from "@playwright/test";
import { type Notes, notes, type Sought, stopwatch } from "./in-page";
import { PLACES, SIGNED_IN } from "./places";

export const LAUNCH: LaunchOptions = {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"],
};
const MB = 2 ** 20;
/** 10 Mbit/s with 40 ms there and back. */
const SLOW_LINE = { offline: false, latency: 40, downloadThroughput: 1_250_000, uploadThroughput: 1_250_000 };

let browser: Browser | undefined;

/** To be called once in each file of measures. */
export function oneBrowser(): void {
  test.beforeAll(async () => {
    browser = await chromium.launch(LAUNCH);
  });
  test.afterAll(async () => browser?.close());
}

/** `work` on a page with an empty cache, signed in. */
export async function onPage<T>(work: (page: Page, chrome: Chrome) => Promise<T>): Promise<T> {
  if (!browser) throw new Error("oneBrowser() was not called");
  const viewport = { width: 1280, height: 800 };
  const context = await browser.newContext({ baseURL: PLACES.url, storageState: SIGNED_IN, viewport });
  await context.addInitScript(notes);
  const page = await context.newPage();
  try {
    return await work(page, await Chrome.of(page));
  } finally {
    await context.close();
  }
}

export class Chrome {
  private constructor(
    private readonly page: Page,
    private readonly tools: CDPSession,
  ) {}

  static async of(page: Page): Promise<Chrome> {
    const tools = await page.context().newCDPSession(page);
    // the time that the page's thread was on the processor: a busy machine does not lengthen it
    await tools.send("Performance.enable", { timeDomain: "threadTicks" });
    await tools.send("HeapProfiler.enable");
    return new Chrome(page, tools);
  }

  /** Slows the processor down so many times. */
  throttle(rate: number): Promise<unknown> {
    return this.tools.send("Emulation.setCPUThrottlingRate", { rate });
  }

  async slowLine(): Promise<void> {
    await this.tools.send("Network.enable");
    await this.tools.send("Network.emulateNetworkConditions", SLOW_LINE);
  }

  /** MB of JavaScript's heap after a collection. */
  async heap(): Promise<number> {
    await this.tools.send("HeapProfiler.collectGarbage");
    return (await this.metric("JSHeapUsedSize")) / MB;
  }

  /** What the page has noted so far. */
  notes(): Promise<Notes> {
    return this.page.evaluate(() => window.__notes);
  }

  /** Milliseconds of the main thread's CPU for each frame drawn while `act` goes on. */
  async cpuPerFrame(act: () => Promise<void>): Promise<number> {
    const [cpu, before] = [await this.metric("TaskDuration"), await this.notes()];
    await act();
    const [spent, after] = [await this.metric("TaskDuration"), await this.notes()];
    return ((spent - cpu) * 1000) / Math.max(1, after.frames - before.frames);
  }

  /** Milliseconds from the first event of the kind that `act` makes to the frame that shows what is sought. */
  async latency(act: () => Promise<unknown>, sought: Sought): Promise<number> {
    // input overtakes what is asked of the page: the watch must be set before
    await this.page.evaluate(stopwatch, sought);
    await act();
    return this.page.evaluate(() => window.__taken as Promise<number>);
  }

  private async metric(name: string): Promise<number> {
    const { metrics } = await this.tools.send("Performance.getMetrics");
    return metrics.find((one) => one.name === name)?.value ?? Number.NaN;
  }
}

/** `test` with a page that is watched: no error on the console, no refused request, no breach of the content security policy,
 * nothing fetched from elsewhere. */
import { test as base, expect, type Page, type Request } from "@playwright/test";

export interface Running {
  url: string;
  link: string;
  home: string;
  /** Other sites that the pages of a test may go to: a provider to sign in with. */
  others?: string[];
}

interface Fixtures {
  /** Where DominoCI runs. */
  site: Running;
  /** The refusals that a test provokes, as `METHOD /path STATUS`. That nobody is signed in is always allowed to be said. */
  refusals: RegExp;
  /** What a test provokes on the console, like a connection that is refused. */
  noise: RegExp;
  watched: undefined;
}

const SIGNED_OUT = /^GET \/api\/v1\/me 401$/;

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from this pattern
  site: async ({}, use) => use(JSON.parse(process.env.DOMINOCI_E2E ?? "{}")),
  refusals: [/^$/, { option: true }],
  noise: [/^$/, { option: true }],
  baseURL: async ({ site }, use) => use(site.url),
  watched: [
    async ({ context, site, refusals, noise }, use) => {
      const wrong: string[] = [];
      const own = ["", site.url, site.url.replace("http", "ws"), ...(site.others ?? [])];
      const foreign = (url: string) => !own.includes(origin(url));
      await context.exposeBinding("__breach", (_, text: string) => wrong.push(`policy: ${text}`));
      await context.addInitScript(reportBreaches);
      context.on("page", (page) => watch(page, wrong, foreign, noise));
      context.on("request", (request) => foreign(request.url()) && wrong.push(`foreign: ${request.url()}`));
      context.on("response", (response) => {
        const seen = `${name(response.request())} ${response.status()}`;
        if (response.status() >= 400 && !SIGNED_OUT.test(seen) && !refusals.test(seen)) wrong.push(seen);
      });
      await use(undefined);
      expect(wrong, "nothing went wrong behind the page").toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

function watch(page: Page, wrong: string[], foreign: (url: string) => boolean, noise: RegExp): void {
  page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
  page.on("websocket", (socket) => foreign(socket.url()) && wrong.push(`foreign: ${socket.url()}`));
  page.on("console", (message) => {
    // a refused request is judged by its status
    const refused = message.text().startsWith("Failed to load resource") || noise.test(message.text());
    if (["error", "warning"].includes(message.type()) && !refused) wrong.push(`console: ${message.text()}`);
  });
}

function reportBreaches(): void {
  document.addEventListener("securitypolicyviolation", (event) => {
    const text = `${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`;
    (window as unknown as { __breach(text: string): void }).__breach(text);
  });
}

const origin = (url: string) => (/^(data|blob|about):/.test(url) ? "" : new URL(url).origin);

const name = (request: Request) => `${request.method()} ${new URL(request.url()).pathname}`;

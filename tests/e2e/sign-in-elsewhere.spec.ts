/** Sign-in at a real provider, in a real browser: who gets an account, where a link leads, what is said to others. */
import type { Page } from "@playwright/test";
import { PROVIDER, type SignInStack, startWithProvider } from "./example-id";
import { asking, report } from "./platform";
import { cli } from "./stack";
import { expect, test as watched } from "./test";

const test = watched.extend<object, { stack: SignInStack }>({
  stack: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from this pattern
    async ({}, use) => {
      const started = await startWithProvider();
      await use(started);
      await started.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  site: async ({ stack }, use) => use(stack),
});

test.describe.configure({ mode: "serial" });

const account = (page: Page, name: string) => page.getByRole("button", { name: `Account: ${name}` });

/** From our sign-in page to the provider and back, as this person there. */
async function signIn(page: Page, as: string, act = "Continue"): Promise<void> {
  await forgottenThere(page);
  await page.getByRole("button", { name: `Sign in with ${PROVIDER}` }).click();
  await page.getByRole("heading", { name: PROVIDER }).waitFor();
  await page.getByLabel("Account").fill(as);
  await page.getByRole("button", { name: act }).click();
}

/** The provider asks anew who it is; cookies know no ports, so they are told apart by name. */
const forgottenThere = (page: Page) => page.context().clearCookies({ name: /^_/ });

async function signOut(page: Page, name: string): Promise<void> {
  await account(page, name).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
}

/** What the API says to the page's own session. */
const session = async (page: Page) => (await page.request.get("/api/v1/session")).json();

test("a deep link leads through the provider to exactly that drawer tab, and makes the account", async ({
  page,
  stack,
}) => {
  const ask = asking(stack.url, cli(stack, "token", "create", "--user", "admin"));
  await ask("POST", "/projects", {
    name: "lib",
    visibility: "public",
    repository_url: "https://git.example/lib.git",
    target: { kind: "webhook", url: "http://127.0.0.1:9/hook" },
  });
  const tree = await report(ask, stack.url, "lib", "Begin");
  const link = `/trees/${tree}/events/1/result?view=table`;
  await page.goto(link);
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Name" })).toBeFocused();
  await signIn(page, "ada");
  await page.waitForURL(stack.url + link);
  await expect(page.getByRole("complementary", { name: /^Event / })).toBeVisible();
  await expect(page.getByRole("link", { name: "Result", exact: true })).toHaveAttribute("aria-current", "page");
  await expect(account(page, "ada")).toBeVisible();
});

test("the same person is the same account again, by a session of its own", async ({ page, context }) => {
  await page.goto("/");
  await signIn(page, "ada");
  await account(page, "ada").waitFor();
  const first = (await session(page)).me.user.id;
  const cookies = async () => (await context.cookies()).filter(({ name }) => name === "dominoci_session");
  const [before] = await cookies();
  await signOut(page, "ada");
  // the provider remembers them, and asks nothing
  await page.getByRole("button", { name: `Sign in with ${PROVIDER}` }).click();
  await account(page, "ada").waitFor();
  expect((await session(page)).me.user.id).toBe(first);
  const [after] = await cookies();
  expect(after?.value).not.toBe(before?.value);
  expect(after).toMatchObject({ httpOnly: true, sameSite: "Lax" });
});

test("somebody whose address is not confirmed reads why, and stays out", async ({ page }) => {
  await page.goto("/agents");
  await signIn(page, "unconfirmed-eve");
  await expect(page.getByRole("alert")).toHaveText(/Example ID did not confirm your e-mail address.*ask #help-ci/);
  expect((await session(page)).signed_in).toBe(false);
  // what the link meant is not forgotten
  await signIn(page, "ada");
  await expect(page.getByRole("heading", { name: "Agents" })).toBeVisible();
});

test("saying no over there is understood, and an answer cannot be shown twice", async ({ page }) => {
  await page.goto("/login");
  await signIn(page, "ada", "Refuse");
  await expect(page.getByRole("alert")).toHaveText(/was not allowed to tell who you are/);
  const back = page.waitForRequest((request) => request.url().includes("/login/oidc/callback"));
  await signIn(page, "ada");
  const answer = (await back).url();
  await account(page, "ada").waitFor();
  await signOut(page, "ada");
  await page.goto(answer);
  await expect(page.getByRole("alert")).toHaveText(/not begun in this browser, or it is over already/);
  expect((await session(page)).signed_in).toBe(false);
});

test("a linked account signs in to where it was linked", async ({ page, context, stack }) => {
  const code = /#code=\S+/.exec(cli(stack, "login-link", "--user", "admin"))?.[0];
  await page.goto(`/setup${code}`);
  await page.getByRole("heading", { name: "Welcome, admin" }).waitFor();
  await page.goto("/me/profile");
  await page.getByRole("button", { name: `Link ${PROVIDER}` }).click();
  await page.getByLabel("Account", { exact: true }).fill("root-of-example");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("table", { name: "Linked accounts" })).toContainText("root-of-example");
  await context.clearCookies();
  await page.goto("/agents");
  await signIn(page, "root-of-example");
  await expect(account(page, "admin")).toBeVisible();
});

test("an invitation makes an account with a password, once", async ({ page, stack }) => {
  const ask = asking(stack.url, cli(stack, "token", "create", "--user", "admin"));
  const { url } = await ask<{ url: string }>("POST", "/invitations", { project: "lib", role: "maintainer" });
  await page.goto(url);
  await expect(page.getByText(/admin invites you/)).toHaveText(/to lib as maintainer/);
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("grace");
  await page.getByRole("textbox", { name: "Password" }).fill("correct horse battery");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(account(page, "grace")).toBeVisible();
  await signOut(page, "grace");
});

/** One's own account in the browser: a token made, used and revoked; another browser signed out; choices that come along. */
import { cli } from "./stack";
import { expect, test } from "./test";

// the token that was revoked, and the browser that was signed out, are told so
test.use({ refusals: /^GET \/api\/v1\/\S+ 401$/ });

test("a token is made, works, and ends when it is revoked", async ({ page, site, playwright }) => {
  await page.goto("/me/tokens");
  const form = page.getByRole("form", { name: "New token" });
  await form.getByLabel("Name").fill("nightly report");
  await form.getByRole("button", { name: "Make a token" }).click();
  const text = (await page.getByRole("region", { name: "new token" }).textContent()) ?? "";
  expect(text).toMatch(/^dcu_/);
  await expect(page.getByRole("region", { name: "command" })).toContainText("/api/v1/projects");

  // with nothing but the token, as a script has it
  const script = await playwright.request.newContext({
    baseURL: site.url,
    storageState: { cookies: [], origins: [] },
    extraHTTPHeaders: { Authorization: `Bearer ${text}` },
  });
  expect((await script.get("/api/v1/projects")).status()).toBe(200);
  const written = await script.post("/api/v1/projects", { data: { name: "not-made" } });
  expect(written.status(), "it may only look").toBe(403);

  // it is gone after a reload, but for its name
  await page.reload();
  const row = page.getByRole("row", { name: /nightly report/ });
  await expect(row).toContainText("only look");
  await expect(page.getByText(text)).toHaveCount(0);
  await row.getByRole("button", { name: "Revoke…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(row).toContainText("revoked");
  expect((await script.get("/api/v1/projects")).status()).toBe(401);
  await script.dispose();
});

test("another browser is signed out from here", async ({ page, site, browser }) => {
  const code = /#code=\S+/.exec(cli(site, "login-link", "--user", "admin"))?.[0];
  const elsewhere = await browser.newContext({ baseURL: site.url, storageState: { cookies: [], origins: [] } });
  const other = await elsewhere.newPage();
  await other.goto(`/setup${code}`);
  await other.getByRole("heading", { name: /Welcome|password/ }).waitFor();

  await page.goto("/me/sessions");
  await expect(page.getByText("this one")).toHaveCount(1);
  await page.getByRole("button", { name: "Sign out everywhere else…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Sign out everywhere else" }).click();
  await expect(page.getByRole("table", { name: "Sessions" }).getByRole("row")).toHaveCount(2);
  expect((await other.request.get("/api/v1/me")).status()).toBe(401);
  await elsewhere.close();
});

test("how the page looks comes along to another browser", async ({ page, site, browser }) => {
  await page.goto("/me/appearance");
  await page.getByRole("radio", { name: /^Dark/ }).click();
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");
  await page.getByRole("radio", { name: /^Compact/ }).click();
  await page.getByRole("radio", { name: /^UTC/ }).click();
  await expect(page.getByRole("radio", { name: /^UTC/ })).toBeChecked();
  await expect(page.getByText("✓ Saved, for all your browsers")).toBeVisible();
  await expect.poll(async () => (await (await page.request.get("/api/v1/me/settings")).json()).times).toBe("utc");

  // the same person, and nothing of what this browser remembers
  const state = await page.context().storageState();
  const elsewhere = await browser.newContext({ baseURL: site.url, storageState: { ...state, origins: [] } });
  const other = await elsewhere.newPage();
  await other.goto("/me/sessions");
  await expect(other.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");
  await expect(other.locator("html")).toHaveAttribute("data-density", "compact");
  await expect(other.locator("time").first()).toHaveText(/Z$/);

  // a click on a time chooses for the account, too
  await other.locator("time").first().click();
  await expect(other.locator("time").first()).toHaveText(/ago|now/);
  await expect.poll(async () => (await (await page.request.get("/api/v1/me/settings")).json()).times).toBe("relative");
  await elsewhere.close();

  for (const name of [/^As the system/, /^Comfortable/]) await page.getByRole("radio", { name }).check();
  await expect
    .poll(async () => (await (await page.request.get("/api/v1/me/settings")).json()).density)
    .toBe("comfortable");
});

test("an admin sees how the arbiter does, and who did what", async ({ page }) => {
  await page.goto("/admin/users");
  await expect(page.getByRole("row", { name: /admin/ }).first()).toContainText("you");
  await page.getByRole("link", { name: "System" }).click();
  await expect(page.getByText("Scheduler last seen")).toBeVisible();
  await page.getByRole("link", { name: "Audit log" }).click();
  await page.getByLabel("What was done").selectOption("session.login_link");
  await expect(page).toHaveURL(/action=session\.login_link/);
  await expect(page.getByRole("table", { name: "Audit log" })).toContainText("printed a login link");
});

/** How people come in and projects are connected: an invitation from its making to the role that it brings, and a project's first
 * report, the refused one before it included. */
import { expect, test } from "./test";

const PASSWORD = "correct horse battery";

test.describe("an invitation", () => {
  // whoever comes second is told that it is over
  test.use({ refusals: /^POST \/api\/v1\/signup\/invitation 410$/ });

  test("is made by an admin, opened in another browser, and brings its role", async ({ page, site, browser }) => {
    await page.goto("/projects/core/settings/members");
    await page.getByRole("button", { name: "Invite somebody…" }).click();
    const form = page.getByRole("form", { name: "New invitation" });
    await form.getByLabel(/For whom/).fill("Grace, who writes the parser");
    await form.getByLabel(/Role/).selectOption("maintainer");
    await form.getByRole("button", { name: "Make the link" }).click();
    const link = (await page.getByRole("region", { name: "invitation link" }).textContent()) ?? "";
    expect(link).toContain("/signup#code=");
    await page.getByRole("button", { name: "I have copied it" }).click();
    const row = page.getByRole("row", { name: /Grace, who writes/ });
    await expect(row).toContainText("open");

    const elsewhere = await browser.newContext({ baseURL: site.url, storageState: { cookies: [], origins: [] } });
    const other = await elsewhere.newPage();
    await other.goto(link);
    await expect(other.getByText(/admin invites you/)).toHaveText(/to core as maintainer/);
    await other.getByRole("textbox", { name: "Name", exact: true }).fill("grace");
    await other.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
    await other.getByRole("button", { name: "Create account" }).click();
    await expect(other.getByRole("heading", { name: /^core/, level: 1 })).toBeVisible();
    expect((await (await other.request.get("/api/v1/projects/core")).json()).role).toBe("maintainer");
    await elsewhere.close();

    await page.goto("/admin/users");
    await expect(page.getByRole("table", { name: "Users" }).getByRole("row", { name: /grace/ })).toBeVisible();
    await expect(page.getByRole("row", { name: /Grace, who writes/ })).toContainText("used by grace");

    const late = await browser.newContext({ baseURL: site.url, storageState: { cookies: [], origins: [] } });
    const third = await late.newPage();
    await third.goto(link);
    await expect(third.getByText("Used up or expired")).toBeVisible();
    await expect(third.getByRole("button", { name: "Create account" })).toHaveCount(0);
    await late.close();
  });

  test("that was revoked opens no door", async ({ page, site, browser }) => {
    await page.goto("/admin/users");
    await page.getByRole("button", { name: "Invite somebody…" }).click();
    await page.getByRole("button", { name: "Make the link" }).click();
    const link = (await page.getByRole("region", { name: "invitation link" }).textContent()) ?? "";
    await page.getByRole("button", { name: "I have copied it" }).click();
    await page.getByRole("button", { name: /^Revoke the invitation/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
    await expect(page.getByRole("table", { name: "Invitations" })).toContainText("revoked");
    const elsewhere = await browser.newContext({ baseURL: site.url, storageState: { cookies: [], origins: [] } });
    const other = await elsewhere.newPage();
    await other.goto(link);
    await expect(other.getByRole("link", { name: "Sign in" })).toBeVisible();
    await expect(other.getByRole("button", { name: "Create account" })).toHaveCount(0);
    await elsewhere.close();
  });
});

test("a new project's first report shows by itself, and one that was refused before it with its reason", async ({
  page,
  request,
}) => {
  await page.goto("/projects/new");
  await page.getByRole("textbox", { name: /^Name/ }).fill("newcomer");
  await page.getByRole("button", { name: "Connect" }).click();
  const token = (await page.getByRole("region", { name: "project token" }).textContent()) ?? "";
  await expect(page.getByText(/Waiting for the first event/)).toBeVisible();
  const report = (data: object) =>
    request.post("/api/v1/events", { data, headers: { Authorization: `Bearer ${token}` } });

  expect((await report({ status: "FINE" })).status()).toBe(422);
  const refused = page.getByRole("list", { name: "Refused reports" });
  await expect(refused).toContainText(/422 POST \/api\/v1\/events.*status:/);
  await expect(refused).toContainText("Correct the fields that are named");

  expect((await report({ status: "SUCCESS", metadata: { branch: "main" } })).status()).toBe(201);
  await expect(page.getByText("✓ Received.")).toBeVisible();
  await expect(refused).toHaveCount(0);
  await page.getByRole("link", { name: "To the project" }).click();
  await expect(page.getByRole("heading", { name: /^newcomer/, level: 1 })).toBeVisible();
  await expect(page.getByRole("heading", { name: /^Refused/ })).toHaveCount(0);
});

/** A project's settings, section by section, as its owner uses them. */
import type { Page } from "@playwright/test";
import { expect, test } from "./test";

const NAME = "settled";

async function open(page: Page, section: string): Promise<void> {
  await page.goto(`/projects/${NAME}/settings/${section}`);
  await page.getByRole("navigation", { name: "Settings" }).waitFor();
}

test.beforeAll(async ({ playwright, site }, info) => {
  const storageState = info.project.use.storageState;
  const context = await playwright.request.newContext({ baseURL: site.url, ...(storageState ? { storageState } : {}) });
  const { csrf_token } = await (await context.get("/api/v1/me")).json();
  const headers = { "X-CSRF-Token": csrf_token, Origin: site.url };
  const made = await context.post("/api/v1/projects", { headers, data: { name: NAME } });
  expect([201, 409, 422]).toContain(made.status());
  await context.dispose();
});

test("what is typed is saved, kept when refused, and asked about before it is left", async ({ page }) => {
  await open(page, "general");
  const form = page.getByRole("form", { name: "General" });
  await expect(form.getByRole("button", { name: "Save" })).toHaveCount(0);
  await form.getByLabel("Contact").fill("#settled-ci");
  await form.getByRole("radio", { name: /^Queue/ }).check();
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByText("✓ Saved")).toBeVisible();
  await page.reload();
  await expect(form.getByLabel("Contact")).toHaveValue("#settled-ci");
  await expect(form.getByRole("radio", { name: /^Queue/ })).toBeChecked();

  await form.getByLabel("Contact").fill("half a thought");
  await page.getByRole("link", { name: "Tokens" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("Leave without saving?");
  await dialog.getByRole("button", { name: "Stay", exact: true }).click();
  await expect(form.getByLabel("Contact")).toHaveValue("half a thought");
  await form.getByRole("button", { name: "Discard" }).click();
  await expect(form.getByLabel("Contact")).toHaveValue("#settled-ci");
  await page.getByRole("link", { name: "Tokens" }).click();
  await expect(page).toHaveURL(/\/settings\/tokens$/);
});

test.describe("refused", () => {
  test.use({ refusals: /^(PATCH \/api\/v1\/projects\/settled (409|422)|POST \S+\/dependencies 409)$/ });

  test("what the server refuses stands beside its field, and what was typed stays", async ({ page }) => {
    await open(page, "general");
    const form = page.getByRole("form", { name: "General" });
    await form.getByLabel("Name", { exact: false }).first().fill("core");
    await form.getByRole("button", { name: "Save" }).click();
    await expect(form.getByText("is taken")).toBeVisible();
    await expect(form.getByLabel("Name", { exact: false }).first()).toHaveValue("core");
    await form.getByRole("button", { name: "Discard" }).click();
    await expect(form.getByText("is taken")).toHaveCount(0);
  });

  test("a dependency shows what it would have done, and a cycle its path", async ({ page }) => {
    await open(page, "dependencies");
    await page.getByRole("button", { name: "Add a dependency" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Upstream project").fill("core");
    await expect(dialog.getByRole("status")).toContainText(
      /last (report|\d+ reports) of core,? .*would have triggered/,
    );
    await dialog.getByLabel("Only branches").fill("nothing/*");
    await expect(dialog.getByRole("status")).toContainText(/none would have triggered|would not have triggered/);
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    const table = page.getByRole("table", { name: "Dependencies" });
    await expect(table.getByRole("row", { name: /core.*settled/ })).toContainText("branches nothing/*");

    await table.getByRole("button", { name: "Switch off" }).click();
    await expect(table).toContainText("switched off");
    await page.goto("/projects/core/settings/dependencies");
    await page.getByRole("button", { name: "Add a dependency" }).click();
    await dialog.getByLabel("Upstream project").fill(NAME);
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    await expect(dialog.getByRole("list", { name: "The cycle" }).getByRole("listitem")).toHaveText([
      NAME,
      "core",
      NAME,
    ]);
  });
});

test.describe("at GitLab", () => {
  test.use({ refusals: /^PATCH \/api\/v1\/projects\/settled 422$/ });

  test("a target is refused beside its field, saved, tested step by step, and its webhook's secret shown once", async ({
    page,
  }) => {
    await open(page, "target");
    const form = page.getByRole("form", { name: "What runs its pipeline" });
    await form.getByRole("radio", { name: "GitLab" }).check();
    const address = form.getByRole("textbox", { name: "Address of GitLab" });
    await address.fill("http://192.168.7.7/gitlab");
    await form.getByRole("textbox", { name: "Project" }).fill("team/settled");
    await form.getByLabel("Trigger token").fill("glptt-settled");
    await form.getByRole("button", { name: "Save" }).click();
    await expect(form.getByText(/192\.168\.7\.7 is in a private network/)).toBeVisible();
    await expect(address).toBeFocused();

    // nobody listens there
    await address.fill("http://127.0.0.1:9/gitlab");
    await expect(page.getByRole("button", { name: "Test connection" })).toBeDisabled();
    await form.getByRole("button", { name: "Save" }).click();
    await expect(form).toContainText(/Trigger token •+ set (just now|\d+ s ago)/);
    await page.getByRole("button", { name: "Test connection" }).click();
    const steps = page.getByRole("list", { name: "Steps", exact: true });
    await expect(steps.getByRole("listitem").filter({ hasText: "connection does not hold" })).toContainText(
      /\d+ ms|\d+ s/,
    );
    await expect(steps).toContainText("→ Look whether the server runs");
    await expect(page.getByText(/That is a warning/)).toBeVisible();
    await page.getByRole("button", { name: "Test tree" }).click();
    await expect(page.getByText("0 of 1 projects can be triggered")).toBeVisible();
    await address.fill("http://127.0.0.1:10/gitlab");
    await expect(form.getByText(/This is another server/)).toBeVisible();
    await form.getByRole("button", { name: "Discard" }).click();

    await expect(page.getByRole("region", { name: ".gitlab-ci.yml", exact: true })).toContainText(
      new URL(page.url()).origin,
    );
    await page.getByRole("button", { name: "Make its secret" }).click();
    const secret = ((await page.getByRole("region", { name: "webhook secret" }).textContent()) ?? "").trim();
    expect(secret.length).toBeGreaterThan(30);
    await expect(page.getByRole("region", { name: "webhook address" })).toContainText("/hooks/gitlab");
    await page.reload();
    await expect(page.getByText(/Its secret was made/)).toBeVisible();
    await expect(page.locator("body")).not.toContainText(secret);
  });
});

test("a token is shown once, rotated with an overlap, and revoked", async ({ page }) => {
  await open(page, "tokens");
  await page.getByLabel("Name").fill("jenkins");
  await page.getByRole("button", { name: "Make a token" }).click();
  const shown = page.getByRole("region", { name: "new token" });
  await expect(shown).toContainText("dcp_");
  const secret = ((await shown.textContent()) ?? "").trim();
  await page.reload();
  await expect(page.getByRole("table", { name: "Tokens" })).toContainText("jenkins");
  await expect(page.locator("body")).not.toContainText(secret);

  await page.getByRole("button", { name: "Rotate…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Rotate", exact: true }).click();
  await expect(dialog).toContainText("ends in 23h 59m");
  await dialog.getByRole("button", { name: "I have copied it" }).click();
  const old = page.getByRole("row", { name: /replaced by/ });
  await expect(old).toContainText("ends in");
  await old.getByRole("button", { name: "Revoke…" }).click();
  await expect(dialog).toContainText("was never used");
  await dialog.getByRole("button", { name: "Revoke", exact: true }).click();
  await expect(page.getByRole("table", { name: "Tokens" })).toContainText("revoked");
});

test("deleting names what breaks and takes the name", async ({ page }) => {
  await page.goto("/projects/core/settings/danger");
  await expect(page.getByText(/projects wait for this one/)).toBeVisible();
  await open(page, "danger");
  await page.getByRole("button", { name: `Delete ${NAME}…` }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("button", { name: "Delete for ever" })).toBeDisabled();
  await dialog.getByLabel(`Type ${NAME} to go on`).fill(NAME);
  await dialog.getByRole("button", { name: "Delete for ever" }).click();
  await expect(page).toHaveURL(/\/projects$/);
});

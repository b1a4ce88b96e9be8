import type { Page } from "@playwright/test";
import { expect, test } from "./test";

async function connect(page: Page, name: string): Promise<string> {
  await page.goto("/projects/new");
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Connect" }).click();
  const shown = page.getByRole("region", { name: "project token", exact: true });
  await expect(shown).toContainText("dcp_");
  return ((await shown.textContent()) ?? "").trim();
}

async function depend(page: Page, project: string, upstream: string): Promise<void> {
  await page.goto(`/projects/${project}`);
  await page.getByRole("button", { name: "Add a dependency" }).click();
  await page.getByLabel("Upstream project").fill(upstream);
  await page.getByRole("button", { name: "Add", exact: true }).click();
}

test.use({ refusals: /^POST \/api\/v1\/projects\/first\/dependencies 409$/ });

test("a token is shown once, and a dependency that closes a cycle is refused with its path", async ({ page }) => {
  const token = await connect(page, "first");
  await page.reload();
  await expect(page.locator("body")).not.toContainText(token);
  await page.goto("/projects/first");
  await expect(page.getByRole("table", { name: "Tokens" })).toContainText("dcp_");
  await expect(page.locator("body")).not.toContainText(token);

  await connect(page, "second");
  await depend(page, "second", "first");
  await expect(page.getByRole("table", { name: "Dependencies" })).toContainText("first → second");

  await depend(page, "first", "second");
  const refusal = page.getByRole("dialog").getByRole("alert");
  await expect(refusal.getByRole("listitem")).toHaveText(["second", "first", "second"]);
});

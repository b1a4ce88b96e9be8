import { readFileSync } from "node:fs";
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
  await page.goto(`/projects/${project}/settings/dependencies`);
  await page.getByRole("button", { name: "Add a dependency" }).click();
  await page.getByLabel("Upstream project").fill(upstream);
  await page.getByRole("button", { name: "Add", exact: true }).click();
}

test.use({ refusals: /^POST \/api\/v1\/projects\/first\/dependencies 409$/ });

test("a token is shown once, and a dependency that closes a cycle is refused with its path", async ({ page }) => {
  const token = await connect(page, "first");
  await page.reload();
  await expect(page.locator("body")).not.toContainText(token);
  await page.goto("/projects/first/settings/tokens");
  await expect(page.getByRole("table", { name: "Tokens" })).toContainText("dcp_");
  await expect(page.locator("body")).not.toContainText(token);

  await connect(page, "second");
  await depend(page, "second", "first");
  await expect(page.getByRole("table", { name: "Dependencies" })).toContainText("first → second");

  await depend(page, "first", "second");
  const refusal = page.getByRole("dialog").getByRole("alert");
  await expect(refusal.getByRole("listitem")).toHaveText(["second", "first", "second"]);
});

/** What the browser saves when the link is followed. */
async function downloaded(page: Page, link: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: link, exact: true }).click(),
  ]);
  return readFileSync(await download.path(), "utf8");
}

test("what a success would set off is seen before it, and what passed together can be taken along and found", async ({
  page,
}) => {
  const order = page.getByRole("table", { name: "Events in order" });
  await page.goto("/projects/core");
  await page.getByRole("link", { name: "Test connections" }).click();
  await expect(page.getByText("6 of 6 projects can be triggered")).toBeVisible();
  await expect(page.getByRole("note")).toContainText("Nothing is triggered");
  await expect(order.getByRole("row", { name: /^nightly/ })).toContainText("skipped");
  await expect(page.getByText("core → nightly branch main is not in release/*")).toBeVisible();

  await page.goto("/projects/core");
  await page.getByRole("link", { name: "Preview…" }).click();
  await page.getByLabel("Branch").fill("release/9");
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(order.getByRole("row", { name: /^nightly/ })).toContainText("at once");
  await expect(page).toHaveURL(/branch=release%2F9/);

  await page.goto("/projects/app");
  const { version, members } = JSON.parse(await downloaded(page, "JSON"));
  expect(version).toBe(1);
  const { commit } = members.find((member: { project: string }) => member.project === "ui");
  expect(commit).toMatch(/^[0-9a-f]{40}$/);
  expect(await downloaded(page, ".env")).toContain(`\nUI_COMMIT=${commit}\n`);

  await page.keyboard.press("/");
  await page.getByRole("combobox", { name: /^Search/ }).fill(commit.slice(0, 9));
  await page.getByRole("option", { name: /^Which combos hold/ }).click();
  await expect(page.getByRole("table", { name: "Combos" }).getByRole("link", { name: "app" }).first()).toBeVisible();

  const combo = await (await page.request.get("/api/v1/projects/app/combo")).json();
  const { run_url } = combo.members.find((member: { sub_id: string }) => member.sub_id === combo.sub_id);
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: /^Search/ }).fill(run_url);
  await expect(page.getByRole("option", { name: `app ${combo.sub_id}` })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("complementary", { name: `Event ${combo.sub_id}` })).toBeVisible();
});

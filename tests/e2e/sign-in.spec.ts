import { PASSWORD, SIGNED_IN } from "./stack";
import { expect, test } from "./test";

test.use({ refusals: /^POST \/api\/v1\/session( 401|\/code 410)$/ });

test("the printed link signs in once, a password comes after it", async ({ page, site, context }) => {
  await page.goto(site.link);
  await page.getByLabel("New password").fill(PASSWORD);
  await page.getByRole("button", { name: "Save password" }).click();
  await expect(page.getByRole("heading", { name: "Home" })).toBeVisible();
  expect(page.url()).not.toContain("code=");

  await page.getByRole("button", { name: "Account: admin" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();

  await page.goto(site.link);
  await expect(page.getByRole("alert")).toBeVisible();

  // a page that needs somebody leads to the door, and the door leads back
  await page.goto("/agents");
  await page.getByLabel("Name").fill("admin");
  await page.getByRole("textbox", { name: "Password" }).fill("something else");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Agents" })).toBeVisible();
  await context.storageState({ path: SIGNED_IN });
});

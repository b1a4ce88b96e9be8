/** Agents: seen at work, drained, told why a build waits, revoked. */
import { pushed } from "./own-build";
import { asking } from "./platform";
import { cli } from "./stack";
import { expect, test } from "./test";

test("an agent is drained, a build says what it waits for, and runs once the agent takes builds again", async ({
  page,
  site,
}) => {
  const token = cli(site, "token", "create", "--user", "admin");
  const ask = asking(site.url, token);
  const [local] = (await ask<{ items: { id: string }[] }>("GET", "/agents")).items;
  try {
    await page.goto("/agents");
    const row = page.getByRole("row", { name: /local/ });
    await expect(row).toContainText("idle");
    await row.getByRole("link", { name: "local" }).click();
    await page.getByRole("button", { name: "Drain" }).click();
    await expect(page.getByText("takes no builds")).toBeVisible();

    const build = await pushed(ask, site, token, "patient", { wait: "echo at last; sleep 3" });
    await page.goto(`/builds/${build}`);
    await expect(page.getByRole("heading", { name: "Waits for an agent" })).toBeVisible();
    await expect(page.getByText("None of 1 agent takes builds: 1 draining")).toBeVisible();
    await page.getByRole("link", { name: "See the agents" }).click();
    await expect(row).toContainText("draining");

    await row.getByRole("link", { name: "local" }).click();
    await page.getByRole("button", { name: "Take builds again" }).click();
    await expect(page.getByRole("link", { name: "patient #1" }).first()).toBeVisible();
    await expect(page.getByText("its lease ends")).toBeVisible();
    await expect(page.getByRole("row", { name: /patient #1/ })).toContainText("success");
    await expect(page.getByText("none", { exact: true }).first()).toBeVisible();
  } finally {
    await ask("PATCH", `/agents/${local?.id}`, { draining: false });
  }
});

test("a revoked agent is gone, and its credential with it", async ({ page, site }) => {
  const ask = asking(site.url, cli(site, "token", "create", "--user", "admin"));
  const enrolled = await ask<{ token: string }>("POST", "/agents/enrolments");
  const spare = asking(site.url, enrolled.token);
  const agent = await spare<{ id: string; token: string }>("POST", "/agents/register", {
    name: "spare",
    labels: ["gpu"],
  });
  await page.goto("/agents");
  const row = page.getByRole("row", { name: /spare/ });
  await expect(row).toContainText("gpu");
  await row.getByRole("link", { name: "spare" }).click();
  await page.getByRole("button", { name: "Revoke…" }).click();
  const dialog = page.getByRole("dialog", { name: "Revoke spare?" });
  await expect(dialog).toContainText("It runs nothing now");
  await dialog.getByRole("button", { name: "Revoke spare" }).click();
  await expect(page.getByRole("heading", { name: "Agents", exact: true })).toBeVisible();
  await expect(page.getByRole("row", { name: /local/ })).toBeVisible();
  await expect(row).toHaveCount(0);
  await expect(asking(site.url, agent.token)("POST", "/agents/claim", {})).rejects.toThrow("401");
});

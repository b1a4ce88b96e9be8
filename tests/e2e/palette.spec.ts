/** The command palette and the keys: everything here is done by keyboard only. */
import type { Page } from "@playwright/test";
import { expect, test } from "./test";

const field = (page: Page) => page.getByRole("combobox", { name: /^Search/ });

async function ask(page: Page, text: string): Promise<void> {
  await page.keyboard.press("Control+k");
  await expect(field(page)).toBeFocused();
  await page.keyboard.insertText(text);
}

test.beforeEach(async ({ page }) => {
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "Home", level: 1 })).toBeVisible();
});

test("a part of its name finds a project, seven digits a tree, a pasted run address its event", async ({ page }) => {
  await ask(page, "igh");
  await expect(page.getByRole("option").first()).toContainText("nightly");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/projects\/nightly$/);

  const { items } = await (await page.request.get("/api/v1/trees?project=core&limit=1")).json();
  await ask(page, items[0].root.commit.slice(0, 7));
  await expect(page.getByRole("group", { name: "Trees" }).getByRole("option").first()).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/trees\//);

  const combo = await (await page.request.get("/api/v1/projects/app/combo")).json();
  const member = combo.members.find((one: { sub_id: string }) => one.sub_id === combo.sub_id);
  await ask(page, member.run_url);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/trees/${combo.tree_id}/events/${combo.sub_id}`));
});

test("whatever is pasted leads to what it is of: ids, numbers, names, run addresses", async ({ page }) => {
  const ask_for = async (path: string) => (await page.request.get(`/api/v1/${path}`)).json();
  const tree = (await ask_for("trees?project=core&limit=1")).items[0];
  const build = (await ask_for("builds?project=core&limit=1")).items[0];
  const event = `/trees/${tree.id}/events/1.1/why`;
  for (const [pasted, leads] of [
    [tree.id, `/trees/${tree.id}`],
    [`${tree.id} 1.1`, event],
    ["1.1", event], // on a page of the tree, where the one before has led
    [`core #${build.number}`, `/builds/${build.id}`],
    [`${new URL(page.url()).origin}/agents`, "/agents"],
    ["local", "/agents/"],
    ["admin", "/admin/users?q=admin"],
  ] as const) {
    await ask(page, pasted);
    const option = page.locator(`[role=option][href^="${leads}"]`).first();
    await option.click();
    await expect(page).toHaveURL(new RegExp(leads.replace(/[?.]/g, "\\$&")));
  }
  await ask(page, "");
  await expect(page.getByRole("group", { name: "Visited" }).getByRole("option").first()).toBeVisible();
});

test("what the server finds comes below what is known already, and nothing found is said", async ({ page }) => {
  await ask(page, "core");
  await expect(page.getByRole("group", { name: "Everywhere" })).toBeVisible();
  await expect(page.getByRole("option").first()).toContainText("core");
  await expect(page.getByRole("option").first()).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Escape");
  await expect(field(page)).toBeHidden();
  await ask(page, "zzzz nothing");
  await expect(page.getByText("Nothing found for “zzzz nothing”.")).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/projects\?q=zzzz/);
});

test("commands come behind a full stop, and only those of the page", async ({ page }) => {
  await page.keyboard.press(".");
  await expect(field(page)).toHaveValue("> ");
  await page.keyboard.insertText("dark");
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");
  await page.keyboard.press(".");
  await page.keyboard.insertText("as the system");
  await page.keyboard.press("Enter");
  await page.goto("/projects/core");
  await expect(page.getByRole("heading", { name: /^core/, level: 1 })).toBeVisible();
  await page.keyboard.press(".");
  await expect(page.getByRole("option", { name: /^Preview/ })).toBeVisible();
});

test("g and a letter goes to every part, and ? lists the keys", async ({ page }) => {
  for (const [key, heading] of [
    ["t", "Trees"],
    ["p", "Projects"],
    ["j", "Jobs"],
    ["b", "Builds"],
    ["a", "Agents"],
    ["o", "Owners"],
    ["h", "Home"],
  ] as const) {
    await page.keyboard.press("g");
    await page.keyboard.press(key);
    await expect(page.getByRole("heading", { name: heading, level: 1 })).toBeVisible();
  }
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toContainText("copy the link");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
});

test("j, k and f walk the rows, Enter opens, [ narrows the rail and that is remembered", async ({ page }) => {
  await page.goto("/trees");
  const rows = page.getByRole("table", { name: "Event trees" }).getByRole("link");
  await expect(rows.first()).toBeVisible();
  await page.keyboard.press("j");
  await expect(rows.first()).toBeFocused();
  await page.keyboard.press("f");
  const state = page
    .locator("tr", { has: page.locator(":focus") })
    .locator("[data-state]")
    .first();
  await expect(state).toHaveAttribute("data-state", "failed");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/trees\/.+/);

  await page.goto("/projects");
  await expect(page.getByRole("button", { name: "Narrow the rail" })).toBeVisible();
  await page.keyboard.press("[");
  await expect(page.getByRole("button", { name: "Widen the rail" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("button", { name: "Widen the rail" })).toBeVisible();
  await page.keyboard.press("[");
  await expect(page.getByRole("button", { name: "Narrow the rail" })).toBeVisible();
});

test.describe("with the right to the clipboard", () => {
  test.use({ permissions: ["clipboard-read", "clipboard-write"] });

  test("y copies the link of the page", async ({ page, site }) => {
    await page.goto("/trees?state=failed");
    await expect(page.getByRole("table", { name: "Event trees" })).toBeVisible();
    await page.keyboard.press("y");
    await expect(page.getByText("Link copied")).toBeVisible();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${site.url}/trees?state=failed`);
  });
});

/** Folders and jobs: made from a template, run, changed, given a schedule, moved and deleted. */
import type { Page } from "@playwright/test";
import { expect, test } from "./test";

const stamp = Date.now().toString(36);
const FOLDER = `crew-${stamp}`;
const JOB = `greet-${stamp}`;
const editor = (page: Page) => page.getByRole("textbox", { name: /^Definition: / });
const mistakes = (page: Page) => page.getByRole("list", { name: "What is to be put right" });

test.describe.configure({ mode: "serial" });

test("a job is made from a template, whose mistakes are told at their lines, and is run with a parameter", async ({
  page,
}) => {
  await page.goto("/jobs");
  await page.getByRole("link", { name: "New job", exact: true }).first().click();
  for (const template of ["Workflow", "Pipelines", "Website", "Steps"]) {
    await page.getByRole("radio", { name: template }).check();
    await expect(page.getByRole("status").getByRole("listitem").first()).toBeVisible();
    await expect(mistakes(page)).toHaveCount(0);
  }
  await page.getByRole("textbox", { name: "Name" }).fill(JOB);
  await page.getByLabel("Folder").fill(`${FOLDER}/tools`);
  const text = await editor(page).inputValue();
  await editor(page).fill(text.replace("command:", "comand:"));
  await mistakes(page).getByRole("button", { name: "Line 9" }).click();
  await expect(editor(page)).toBeFocused();
  await editor(page).fill(text);
  await expect(mistakes(page)).toHaveCount(0);
  await page.getByRole("button", { name: "Create the job" }).click();
  await expect(page).toHaveURL(new RegExp(`/jobs/${FOLDER}/tools/${JOB}$`));

  await page.getByRole("button", { name: "Run…" }).first().click();
  const dialog = page.getByRole("dialog", { name: `Run ${JOB}` });
  await expect(dialog).toContainText("Left empty it is World.");
  await dialog.getByRole("textbox", { name: "NAME" }).fill("crew");
  await dialog.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByRole("heading", { name: new RegExp(`^${JOB} #`) })).toBeVisible();
  await expect(page.locator("header").getByText("success", { exact: true })).toBeVisible({ timeout: 60_000 });
  await page
    .getByRole("navigation", { name: /^Steps/ })
    .getByRole("link", { name: /say it/ })
    .click();
  await expect(page.getByRole("log")).toContainText("Hello, crew");
  await page.getByRole("navigation", { name: "Breadcrumbs" }).getByRole("link", { name: "tools" }).click();
  await expect(page).toHaveURL(new RegExp(`/jobs/${FOLDER}/tools/$`));
  const row = page.getByRole("row", { name: new RegExp(JOB) });
  await expect(row).toContainText("success");
  await expect(row.getByRole("img", { name: /^Last 1: 1 success/ })).toBeVisible();
});

test("each save makes a version, what is not saved is asked about, and a schedule tells its next runs", async ({
  page,
}) => {
  await page.goto(`/jobs/${FOLDER}/tools/${JOB}?tab=definition`);
  const text = await editor(page).inputValue();
  await editor(page).fill(text.replace("title: Greet", "title: Greet all"));
  await page.getByRole("link", { name: "Triggers", exact: true }).click();
  await page
    .getByRole("dialog", { name: "Leave without saving?" })
    .getByRole("button", { name: "Stay and save" })
    .click();
  await expect(page.getByRole("table", { name: "Versions" }).getByRole("row")).toHaveCount(3);
  await page.getByRole("table", { name: "Versions" }).getByRole("link", { name: "1", exact: true }).click();
  await expect(page).toHaveURL(/version=1/);
  await expect(page.getByRole("dialog").getByRole("textbox")).toHaveValue(text);
  await page.keyboard.press("Escape");

  await page.getByRole("link", { name: "Triggers", exact: true }).click();
  await page.getByRole("button", { name: "Add a schedule" }).click();
  const dialog = page.getByRole("dialog", { name: "Start it at a time" });
  await dialog.getByLabel("When").fill("30 3 * * 1-5");
  await dialog.getByLabel("Time zone").fill("Europe/Berlin");
  await expect(dialog.getByRole("list", { name: "Next runs" }).getByRole("listitem")).toHaveCount(5);
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  const trigger = page.getByRole("list", { name: "Triggers" }).getByRole("listitem").first();
  await expect(trigger).toContainText("Europe/Berlin");
  await trigger.getByRole("button", { name: /^Switch off/ }).click();
  await expect(trigger).toContainText("off");
});

test("a job is moved with its address, and deleted when its name is typed", async ({ page }) => {
  await page.goto(`/jobs/${FOLDER}/tools/${JOB}?tab=settings`);
  await page.getByRole("combobox", { name: "Folder" }).fill(FOLDER);
  await page.getByRole("button", { name: "Move", exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`/jobs/${FOLDER}/${JOB}\\?tab=settings`));
  await page.getByRole("button", { name: new RegExp(`^Delete ${JOB}`) }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("button", { name: "Delete for ever" })).toBeDisabled();
  await dialog.getByLabel(`Type ${JOB} to go on`).fill(JOB);
  await dialog.getByRole("button", { name: "Delete for ever" }).click();
  await expect(page).toHaveURL(new RegExp(`/jobs/${FOLDER}/$`));
  await page.getByRole("link", { name: /^tools/ }).click();
  await page.getByRole("button", { name: "Remove…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Nothing is in this folder yet" })).toBeVisible();
});

/** The same DominoCI and the same Chromium as the tests have, for the pictures. */
import { defineConfig } from "@playwright/test";
import config from "./playwright.config";

export default defineConfig({
  ...config,
  testMatch: "screenshots.ts",
  projects: [{ name: "pictures", testMatch: "screenshots.ts" }],
});

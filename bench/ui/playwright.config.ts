/** `python -m bench.ui` runs it: one browser, one measure after the other, nothing tried again. */
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: ".",
  testMatch: "*.bench.ts",
  outputDir: "../../frontend/test-results/bench",
  globalSetup: "./sign-in",
  workers: 1,
  timeout: 300_000,
  expect: { timeout: 30_000 },
  reporter: [["list"]],
});

/** `npx playwright test --config tests/e2e`: one real DominoCI with its demo, the page that `make build-ui` has built, Chromium. */
import { defineConfig } from "@playwright/test";
import { CHROMIUM, SIGNED_IN } from "./stack";

export default defineConfig({
  testDir: ".",
  outputDir: "../../frontend/test-results",
  globalSetup: "./start",
  // one arbiter, one graph: the tests follow each other
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: [["list"]],
  forbidOnly: true,
  use: {
    launchOptions: { executablePath: CHROMIUM.path, args: CHROMIUM.flags },
    viewport: { width: 1280, height: 800 },
    reducedMotion: "reduce",
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
  },
  projects: [
    { name: "sign-in", testMatch: "sign-in.spec.ts" },
    { name: "sign-in-elsewhere", testMatch: "sign-in-elsewhere.spec.ts" },
    { name: "trees", testMatch: "trees.spec.ts", dependencies: ["sign-in"], use: { storageState: SIGNED_IN } },
    { name: "pages", testIgnore: /(sign-in|trees)/, dependencies: ["trees"], use: { storageState: SIGNED_IN } },
  ],
});

// Sums the gzipped bytes of what a route loads, from the build's manifest, and fails over the budgets of ui.md (B1, B2).
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const out = fileURLToPath(new URL("../../backend/dominoci/web/static/", import.meta.url));
const manifest = JSON.parse(readFileSync(join(out, ".vite/manifest.json"), "utf8"));
const gz = (file) => gzipSync(readFileSync(join(out, file)), { level: 9 }).length;

/** Files that `key` loads before it can run: itself and its static imports. */
function closure(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) closure(next, seen);
  return seen;
}

function files(keys) {
  return new Set([...keys].map((key) => manifest[key].file));
}

const total = (set) => [...set].reduce((sum, file) => sum + gz(file), 0);
const kb = (bytes) => (bytes / 1024).toFixed(1);
const route = (part) => {
  const key = Object.keys(manifest).find((k) => k.endsWith(part));
  if (!key) throw new Error(`the manifest has no chunk for ${part}`);
  return closure(key);
};

const entry = closure(Object.keys(manifest).find((k) => manifest[k].isEntry));
const withShell = new Set([...entry, ...route("app/shell/shell.tsx")]);
const first = new Set([...withShell, ...route("features/home/home-page.tsx")]);
// One sheet for all pages.
const css = Object.values(manifest).find((chunk) => chunk.file.endsWith(".css")).file;
const extra = (part) => new Set([...route(part)].filter((key) => !withShell.has(key)));
const worker = Object.values(manifest)
  .filter((chunk) => /worker/.test(chunk.file))
  .map((chunk) => chunk.file);

const SETTINGS = [
  "settings-page",
  "members-form",
  "repository-section",
  "secrets-section",
  "trust-section",
  "notifications-section",
  "webhooks-section",
  "badge-section",
].map((part) => `features/projects/settings/${part}.tsx`);

const rows = [
  ["first route, JS", total(files(first)), 200],
  ["CSS", gz(css), 45],
  ["first route, requests", (files(first).size + 1) * 1024, 12],
  ["sign-in, JS", total(files(new Set([...entry, ...route("features/session/login-page.tsx")]))), 200],
  ["tree page on top, JS", total(new Set([...files(extra("features/trees/tree-page.tsx")), ...worker])), 90],
  ["build page on top, JS", total(files(extra("features/builds/build-page.tsx"))), 25],
  [
    "help on top, JS",
    total(files(new Set([...extra("features/help/help-frame.tsx"), ...extra("help/help-page.tsx")]))),
    25,
  ],
  ["API reference on top, JS", total(files(extra("features/help/reference-page.tsx"))), 25],
  // with all of its parts, though each is fetched only when it is opened
  ["settings on top, JS", total(files(new Set(SETTINGS.flatMap((part) => [...extra(part)])))), 60],
  ["project page on top, JS", total(files(extra("features/projects/project-page.tsx"))), 110],
];

let failed = false;
for (const [what, bytes, budget] of rows) {
  const over = bytes > budget * 1024;
  failed ||= over;
  process.stdout.write(`${over ? "OVER" : "ok  "} ${what.padEnd(26)} ${kb(bytes).padStart(7)} of ${budget}\n`);
}
process.exit(failed ? 1 : 0);

import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { helpPlugin } from "./help/plugin.ts";

const backend = process.env.DOMINOCI_DEV_BACKEND ?? "http://127.0.0.1:8080";
const proxied = ["/hooks", "/badge", "/job", "/project", "/git"];

// What the shell and the home page need anyway; React Flow, the virtualiser and anser stay with the pages that use them.
const firstRouteVendor =
  /node_modules\/(@mantine|@floating-ui|react-remove-scroll|@tanstack\/(query-core|react-query)|openapi-fetch|clsx)/;

export default defineConfig({
  base: "/",
  plugins: [react(), helpPlugin()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "../backend/dominoci/web/static",
    emptyOutDir: true,
    manifest: true,
    // A data: URI would need img-src data: in the policy, so every asset is a file of its own.
    assetsInlineLimit: 0,
    // One style sheet and a few shared chunks: many small files cost more round trips than they save bytes.
    cssCodeSplit: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "react", test: /node_modules\/(react|react-dom|scheduler|react-router)\// },
            {
              name: "forms",
              test: /node_modules\/@mantine\/core\/.*\/(Input|InputBase|TextInput|PasswordInput|NativeSelect)\//,
            },
            { name: "vendor", test: firstRouteVendor },
            { name: "shared", test: /\/src\/(lib|components)\/(?!graph\/|log\/)/ },
          ],
        },
      },
    },
  },
  worker: { format: "es" },
  server: {
    host: "127.0.0.1",
    proxy: {
      "/api": { target: backend, ws: true },
      // "/projects" is a page of ours, "/project" a route of the arbiter: match whole segments only.
      ...Object.fromEntries(proxied.map((path) => [`^${path}(?:[/?]|$)`, { target: backend }])),
    },
  },
  test: {
    css: false,
    // one core is left alone by default: of two that is half
    maxWorkers: "100%",
    projects: [
      {
        extends: true,
        test: { name: "pure", environment: "node", include: ["src/**/*.test.ts", "help/**/*.test.ts"] },
      },
      {
        extends: true,
        test: {
          name: "page",
          environment: "jsdom",
          // a page with all its parts takes seconds to mount where everything runs at once
          testTimeout: 20_000,
          include: ["src/**/*.test.tsx"],
          setupFiles: ["./src/testing/setup.ts"],
        },
      },
    ],
  },
});

import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const backend = process.env.DOMINOCI_DEV_BACKEND ?? "http://127.0.0.1:8080";
const proxied = ["/hooks", "/badge", "/job", "/project", "/git"];

export default defineConfig({
  base: "/",
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "../backend/dominoci/web/static",
    emptyOutDir: true,
    manifest: true,
    // A data: URI would need img-src data: in the policy, so every asset is a file of its own.
    assetsInlineLimit: 0,
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
    environment: "jsdom",
    setupFiles: ["./src/testing/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    css: false,
  },
});

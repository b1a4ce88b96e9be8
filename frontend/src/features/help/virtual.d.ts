/** What frontend/help/plugin.ts makes of docs/. */
declare module "virtual:help/outline" {
  const outline: import("./model").Outline;
  export default outline;
}

declare module "virtual:help/pages" {
  const pages: Record<string, () => Promise<{ default: import("./model").HelpPage }>>;
  export default pages;
}

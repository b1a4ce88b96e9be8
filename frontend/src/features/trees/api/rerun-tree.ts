import { api, unwrap } from "@/lib/api/client";

/** Runs again what did not pass, or everything behind the root. */
export const rerunTree = (tree: string, scope: "failed" | "all") =>
  unwrap(api.POST("/api/v1/trees/{tree}/rerun", { params: { path: { tree } }, body: { scope } }));

import { api, unwrap } from "@/lib/api/client";

/** Cancels one event, or with `branch` also what is unfinished behind it. */
export const cancelEvent = (tree: string, sub: string, scope: "event" | "branch") =>
  unwrap(api.POST("/api/v1/trees/{tree}/events/{sub}/cancel", { params: { path: { tree, sub } }, body: { scope } }));

import { api, unwrap } from "@/lib/api/client";

/** Cancels all that is unfinished of a tree; runs elsewhere are told to stop. */
export const cancelTree = (tree: string) =>
  unwrap(api.POST("/api/v1/trees/{tree}/cancel", { params: { path: { tree } } }));

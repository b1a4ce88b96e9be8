import { api, unwrap } from "@/lib/api/client";

/** Sends the last attempt of an undeliverable event again. */
export const redeliverEvent = (tree: string, sub: string) =>
  unwrap(api.POST("/api/v1/trees/{tree}/events/{sub}/redeliver", { params: { path: { tree, sub } } }));

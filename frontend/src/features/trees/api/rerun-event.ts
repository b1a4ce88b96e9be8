import { api, unwrap } from "@/lib/api/client";

/** A new attempt with the very inputs of the last; with `downstream` everything behind it runs anew, too. */
export const rerunEvent = (tree: string, sub: string, downstream: boolean) =>
  unwrap(
    api.POST("/api/v1/trees/{tree}/events/{sub}/rerun", { params: { path: { tree, sub } }, body: { downstream } }),
  );

import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

export const whyQuery = (tree: string, sub: string) =>
  queryOptions({
    queryKey: ["tree", tree, "event", sub, "why"],
    queryFn: () => unwrap(api.GET("/api/v1/trees/{tree}/events/{sub}/why", { params: { path: { tree, sub } } })),
  });

/** Why an event is in its state: one sentence and the facts behind it. */
export const useWhy = (tree: string, sub: string) => useQuery(whyQuery(tree, sub));

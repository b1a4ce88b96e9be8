import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

export const eventQuery = (tree: string, sub: string) =>
  queryOptions({
    queryKey: ["tree", tree, "event", sub],
    queryFn: () => unwrap(api.GET("/api/v1/trees/{tree}/events/{sub}", { params: { path: { tree, sub } } })),
  });

/** One event with its attempts, inputs, result and history; of a hidden one there is nothing to ask for. */
export const useEvent = (tree: string, sub: string, hidden = false) =>
  useQuery({ ...eventQuery(tree, sub), enabled: !hidden });

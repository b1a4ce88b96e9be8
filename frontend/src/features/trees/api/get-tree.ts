import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

export const treeQuery = (tree: string) =>
  queryOptions({
    queryKey: ["tree", tree],
    queryFn: () => unwrap(api.GET("/api/v1/trees/{tree}", { params: { path: { tree } } })),
    // What is read of it here, the root's commit and message, never changes.
    staleTime: 300_000,
  });

export const useTree = (tree: string) => useQuery(treeQuery(tree));

import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

export const treeNumbersQuery = (tree: string) =>
  queryOptions({
    queryKey: ["tree", tree, "numbers"],
    queryFn: () => unwrap(api.GET("/api/v1/trees/{tree}/numbers", { params: { path: { tree } } })),
    staleTime: 5000,
  });

/** How many of a tree's children failed, and what blocks most. */
export const useTreeNumbers = (tree: string, running: boolean, enabled: boolean) =>
  useQuery({ ...treeNumbersQuery(tree), enabled, refetchInterval: running ? 5000 : false });

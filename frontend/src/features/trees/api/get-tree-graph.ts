import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

export const treeGraphQuery = (tree: string) =>
  queryOptions({
    queryKey: ["tree", tree, "graph"],
    queryFn: () => unwrap(api.GET("/api/v1/trees/{tree}/graph", { params: { path: { tree } } })),
  });

/** The compact graph of a tree: what the picture and the table are made of. */
export const useTreeGraph = (tree: string) => useQuery(treeGraphQuery(tree));

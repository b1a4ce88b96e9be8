import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

export const projectWhyQuery = (tree: string, project: string) =>
  queryOptions({
    queryKey: ["tree", tree, "why", project],
    queryFn: () => unwrap(api.GET("/api/v1/trees/{tree}/why", { params: { path: { tree }, query: { project } } })),
  });

/** Why a project did, or did not, run in a tree, also when the tree has no event of it. */
export const useProjectWhy = (tree: string, project: string) => useQuery(projectWhyQuery(tree, project));

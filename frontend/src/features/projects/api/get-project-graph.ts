import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import { projectKey } from "./get-project";

export const projectGraphQuery = (project: string) =>
  queryOptions({
    queryKey: [...projectKey(project), "graph"],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/projects/{project}/graph", { params: { path: { project }, query: { direction: "both" } } }),
      ),
  });

/** Everything up and down of a project. */
export const useProjectGraph = (project: string) => useQuery(projectGraphQuery(project));

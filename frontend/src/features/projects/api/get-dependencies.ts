import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import { projectKey } from "./get-project";

export const dependenciesQuery = (project: string) =>
  queryOptions({
    queryKey: [...projectKey(project), "dependencies"],
    queryFn: () => unwrap(api.GET("/api/v1/projects/{project}/dependencies", { params: { path: { project } } })),
  });

/** The edges into and out of a project. */
export const useDependencies = (project: string) => useQuery(dependenciesQuery(project));

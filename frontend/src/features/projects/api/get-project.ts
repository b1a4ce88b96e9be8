import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

/** Every query of one project begins with this key. */
export const projectKey = (project: string) => ["project", project] as const;

export const projectQuery = (project: string) =>
  queryOptions({
    queryKey: projectKey(project),
    queryFn: () => unwrap(api.GET("/api/v1/projects/{project}", { params: { path: { project } } })),
  });

/** A project by its id or name. */
export const useProject = (project: string) => useQuery(projectQuery(project));

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import { projectKey } from "./get-project";

/** The direct dependents, the worst first, at most `limit` of them. */
export const useFirstLevel = (project: string, limit: number) =>
  useQuery({
    queryKey: [...projectKey(project), "first-level", limit],
    queryFn: () =>
      unwrap(api.GET("/api/v1/projects/{project}/first-level", { params: { path: { project }, query: { limit } } })),
    placeholderData: keepPreviousData,
  });

import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import { projectKey } from "./get-project";

const MAKING_EVERY_MS = 2000;
const at = (project: string) => ({ params: { path: { project } } });

const hookQuery = (project: string) =>
  queryOptions({
    queryKey: [...projectKey(project), "repository-hook"],
    queryFn: () => unwrap(api.GET("/api/v1/projects/{project}/repository-hook", at(project))),
    refetchInterval: ({ state }) => (state.data?.state === "wanted" ? MAKING_EVERY_MS : false),
  });

/** How the webhook of a project's repository stands. */
export const useRepositoryHook = (project: string) => useQuery(hookQuery(project));

/** Has it made over there, or made anew; that is done within seconds. */
export function useMakeRepositoryHook(project: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/projects/{project}/repository-hook", at(project))),
    onSuccess: (hook) => queries.setQueryData(hookQuery(project).queryKey, hook),
  });
}

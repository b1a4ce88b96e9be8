import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import type { AccessBody } from "@/lib/api/types";
import { projectKey } from "./get-project";

const at = (project: string) => ({ params: { path: { project } } });

const accessQuery = (project: string) =>
  queryOptions({
    queryKey: [...projectKey(project), "repository-access"],
    queryFn: () => unwrap(api.GET("/api/v1/projects/{project}/repository-access", at(project))),
  });

/** How a project's repository is read. */
export const useAccess = (project: string) => useQuery(accessQuery(project));

/** Sets how it is read; null takes the access away. */
export function useSaveAccess(project: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (body: AccessBody | null) => {
      if (body) await unwrap(api.PUT("/api/v1/projects/{project}/repository-access", { ...at(project), body }));
      else await unwrap(api.DELETE("/api/v1/projects/{project}/repository-access", at(project)));
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: accessQuery(project).queryKey }),
  });
}

/** Makes a new SSH key in place of the one that is there. */
export function useMakeKey(project: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (known_hosts: string) =>
      unwrap(
        api.POST("/api/v1/projects/{project}/repository-access/key", {
          ...at(project),
          body: known_hosts ? { known_hosts } : {},
        }),
      ),
    onSuccess: (made) => queries.setQueryData(accessQuery(project).queryKey, made),
  });
}

/** Asks the repository for its default branch, as the access is saved. */
export const useTestAccess = (project: string) =>
  useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/projects/{project}/repository-access/test", at(project))),
  });

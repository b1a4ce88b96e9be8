import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import { projectKey } from "./get-project";

const secretsQuery = (project: string) =>
  queryOptions({
    queryKey: [...projectKey(project), "secrets"],
    queryFn: () => unwrap(api.GET("/api/v1/projects/{project}/secrets", { params: { path: { project } } })),
  });

/** The secrets that a project's builds may ask for, without their values. */
export const useSecrets = (project: string) => useQuery(secretsQuery(project));

/** Sets a secret: a new one, or another value. */
export function useSetSecret(project: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ name, value }: { name: string; value: string }) =>
      unwrap(
        api.PUT("/api/v1/projects/{project}/secrets/{secret}", {
          params: { path: { project, secret: name } },
          body: { value },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: secretsQuery(project).queryKey }),
  });
}

/** Removes a secret. */
export function useRemoveSecret(project: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (secret: string) =>
      unwrap(api.DELETE("/api/v1/projects/{project}/secrets/{secret}", { params: { path: { project, secret } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: secretsQuery(project).queryKey }),
  });
}

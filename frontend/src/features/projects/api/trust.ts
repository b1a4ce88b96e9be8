import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import type { TrustBody } from "@/lib/api/types";
import { projectKey } from "./get-project";

const trustQuery = (project: string) =>
  queryOptions({
    queryKey: [...projectKey(project), "trust"],
    queryFn: () => unwrap(api.GET("/api/v1/projects/{project}/trust", { params: { path: { project } } })),
  });

/** Whose CI jobs report for the project with a signed token. */
export const useTrust = (project: string) => useQuery(trustQuery(project));

/** Adds a rule, or changes the claims and the pull requests of the one that is named. */
export function useSaveTrust(project: string, rule: string | undefined) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ claims, pull_requests, ...whose }: TrustBody) =>
      rule
        ? unwrap(
            api.PATCH("/api/v1/projects/{project}/trust/{rule}", {
              params: { path: { project, rule } },
              body: { ...(claims ? { claims } : {}), ...(pull_requests === undefined ? {} : { pull_requests }) },
            }),
          )
        : unwrap(
            api.POST("/api/v1/projects/{project}/trust", {
              params: { path: { project } },
              body: { ...whose, ...(claims ? { claims } : {}), ...(pull_requests ? { pull_requests } : {}) },
            }),
          ),
    onSuccess: () => queries.invalidateQueries({ queryKey: trustQuery(project).queryKey }),
  });
}

/** Ends the trust at once. */
export function useRemoveTrust(project: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (rule: string) =>
      unwrap(api.DELETE("/api/v1/projects/{project}/trust/{rule}", { params: { path: { project, rule } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: trustQuery(project).queryKey }),
  });
}

/** What would become of a token, rule by rule. It is not kept. */
export const useTryTrust = (project: string) =>
  useMutation({
    mutationFn: (token: string) =>
      unwrap(api.POST("/api/v1/projects/{project}/trust/try", { params: { path: { project } }, body: { token } })),
  });

import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import { projectKey } from "./get-project";

const consentsQuery = (project: string) =>
  queryOptions({
    queryKey: [...projectKey(project), "consents"],
    queryFn: () => unwrap(api.GET("/api/v1/projects/{project}/consents", { params: { path: { project } } })),
  });

/** What a project was asked by those that want to depend on it, and what it has asked itself; for its maintainers. */
export const useConsents = (project: string) => useQuery(consentsQuery(project));

/** Asks the owners of a private project whether this one may depend on it. */
export function useAskConsent(project: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (upstream: string) =>
      unwrap(api.POST("/api/v1/projects/{project}/consents", { params: { path: { project } }, body: { upstream } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: consentsQuery(project).queryKey }),
  });
}

/** Answers one that asked; the answer can be changed later. */
export function useAnswerConsent(project: string, consent: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (state: "granted" | "refused") =>
      unwrap(
        api.PUT("/api/v1/projects/{project}/consents/{consent}", {
          params: { path: { project, consent } },
          body: { state },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: consentsQuery(project).queryKey }),
  });
}

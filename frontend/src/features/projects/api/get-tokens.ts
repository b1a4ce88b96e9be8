import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import { projectKey } from "./get-project";

export const tokensQuery = (project: string) =>
  queryOptions({
    queryKey: [...projectKey(project), "tokens"],
    queryFn: () => unwrap(api.GET("/api/v1/projects/{project}/tokens", { params: { path: { project } } })),
  });

/** The project's tokens, without the secret, which is shown once. */
export const useTokens = (project: string) => useQuery(tokensQuery(project));

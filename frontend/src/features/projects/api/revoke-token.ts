import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import { tokensQuery } from "./get-tokens";

/** Ends a token at once. */
export function useRevokeToken(project: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (token: string) =>
      unwrap(api.DELETE("/api/v1/projects/{project}/tokens/{token}", { params: { path: { project, token } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: tokensQuery(project).queryKey }),
  });
}

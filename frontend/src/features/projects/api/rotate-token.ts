import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import { tokensQuery } from "./get-tokens";

/** Makes a token in place of another one, which ends after the overlap; the answer is the only time that it is told. */
export function useRotateToken(project: string, token: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (overlap_hours: number) =>
      unwrap(
        api.POST("/api/v1/projects/{project}/tokens/{token}/rotate", {
          params: { path: { project, token } },
          body: { overlap_hours },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: tokensQuery(project).queryKey }),
  });
}

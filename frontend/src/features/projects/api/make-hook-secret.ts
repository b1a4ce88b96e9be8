import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import { projectKey } from "./get-project";

/** Makes a secret for the webhook of a project's GitLab project or GitHub repository, in place of the one before. The answer is
 * the only time that it is told. */
export function useMakeHookSecret(project: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/projects/{project}/hook-secret", { params: { path: { project } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: projectKey(project) }),
  });
}

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

/** Deletes a project with all that hangs on it. */
export function useDeleteProject(project: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.DELETE("/api/v1/projects/{project}", { params: { path: { project } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["projects"] }),
  });
}

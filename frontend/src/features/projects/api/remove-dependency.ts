import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

/** Removes a dependency. Trees that are open already keep it. */
export function useRemoveDependency(project: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (dependency: string) =>
      unwrap(
        api.DELETE("/api/v1/projects/{project}/dependencies/{dependency}", {
          params: { path: { project, dependency } },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["project"] }),
  });
}

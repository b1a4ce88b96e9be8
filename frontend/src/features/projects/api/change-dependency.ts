import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import type { DependencyChange } from "@/lib/api/types";

/** Changes what is named of a dependency. Trees that are open already keep what it was. */
export function useChangeDependency(project: string, dependency: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: DependencyChange) =>
      unwrap(
        api.PATCH("/api/v1/projects/{project}/dependencies/{dependency}", {
          params: { path: { project, dependency } },
          body,
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["project"] }),
  });
}

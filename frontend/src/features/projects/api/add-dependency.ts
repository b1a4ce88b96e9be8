import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import type { DependencyCreate } from "@/lib/api/types";

/** Makes a project depend on another. A cycle is refused with 409 and its path. */
export function useAddDependency(project: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: DependencyCreate) =>
      unwrap(api.POST("/api/v1/projects/{project}/dependencies", { params: { path: { project } }, body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["project"] }),
  });
}

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Run } from "@/components/run-form";
import { api, unwrap } from "@/lib/api/client";

/** Starts a build of the project by hand, on its default branch unless a ref is named. */
export function useRunProject(project: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ ref, parameters }: Run) =>
      unwrap(
        api.POST("/api/v1/projects/{project}/builds", {
          params: { path: { project } },
          body: { parameters, ...(ref ? { ref } : {}) },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["builds"] }),
  });
}

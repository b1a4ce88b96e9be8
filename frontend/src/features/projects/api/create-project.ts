import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import type { ProjectCreate } from "@/lib/api/types";

/** Creates a project. Without a repository address the arbiter hosts the repository itself. */
export function useCreateProject() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: ProjectCreate) => unwrap(api.POST("/api/v1/projects", { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["projects"] }),
  });
}

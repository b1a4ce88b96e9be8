import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import type { ProjectChange } from "@/lib/api/types";
import { projectQuery } from "./get-project";

/** Changes what is named of a project. A target without its secret keeps the one it has, as long as its kind stays. */
export function useChangeProject(project: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: ProjectChange) =>
      unwrap(api.PATCH("/api/v1/projects/{project}", { params: { path: { project } }, body })),
    onSuccess: (changed) => {
      queries.setQueryData(projectQuery(changed.name).queryKey, changed);
      return Promise.all([["projects"], ["project"]].map((queryKey) => queries.invalidateQueries({ queryKey })));
    },
  });
}

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import type { Project } from "@/lib/api/types";

/** Stars a project, or takes the star back. It shows at once: the server has no reason to refuse. */
export function useStarProject({ id, name }: Pick<Project, "id" | "name">) {
  const queries = useQueryClient();
  const path = { params: { path: { project: id } } };
  return useMutation({
    mutationFn: (starred: boolean) =>
      unwrap(starred ? api.PUT("/api/v1/me/stars/{project}", path) : api.DELETE("/api/v1/me/stars/{project}", path)),
    onMutate: (starred) => {
      queries.setQueryData<Project>(["project", name], (known) => known && { ...known, starred });
    },
    onSettled: () =>
      Promise.all(
        [["projects"], ["project", name], ["trees", "home"]].map((queryKey) =>
          queries.invalidateQueries({ queryKey, exact: queryKey[0] === "project" }),
        ),
      ),
  });
}

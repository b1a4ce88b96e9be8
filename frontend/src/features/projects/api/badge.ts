import { keepPreviousData, queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import type { ProjectBadge } from "@/lib/api/types";
import { projectKey } from "./get-project";

/** Which badge: of the last result or of the newest tree, on one branch or any, in which style. */
export type BadgePick = Pick<ProjectBadge, "kind" | "branch" | "style">;

const badgeKey = (project: string) => [...projectKey(project), "badge"] as const;

const badgeQuery = (project: string, { kind, branch, style }: BadgePick) =>
  queryOptions({
    queryKey: [...badgeKey(project), kind, branch, style],
    queryFn: () => {
      const query = { kind, style, ...(branch ? { branch } : {}) };
      return unwrap(api.GET("/api/v1/projects/{project}/badge", { params: { path: { project }, query } }));
    },
    placeholderData: keepPreviousData,
  });

/** Where a badge is, and how it is put into a page. */
export const useBadge = (project: string, pick: BadgePick) => useQuery(badgeQuery(project, pick));

/** Ends every address of a private project's badges that was given out. */
export function useRotateBadge(project: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/projects/{project}/badge-key", { params: { path: { project } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: badgeKey(project) }),
  });
}

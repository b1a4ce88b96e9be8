import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import type { Role } from "@/lib/api/types";
import { projectKey } from "./get-project";

const membersQuery = (project: string) =>
  queryOptions({
    queryKey: [...projectKey(project), "members"],
    queryFn: () => unwrap(api.GET("/api/v1/projects/{project}/members", { params: { path: { project } } })),
  });

/** Everybody with a role on a project, their own or by its group. */
export const useMembers = (project: string) => useQuery(membersQuery(project));

/** Gives somebody a role; the answer is the new list. */
export function usePutMember(project: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ user, role }: { user: string; role: Role }) =>
      unwrap(
        api.PUT("/api/v1/projects/{project}/members/{user}", { params: { path: { project, user } }, body: { role } }),
      ),
    onSuccess: (members) => queries.setQueryData(membersQuery(project).queryKey, members),
  });
}

/** Takes somebody's own role away. One's own rights may have changed with it, so that everything about the project is asked anew. */
export function useRemoveMember(project: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (user: string) =>
      unwrap(api.DELETE("/api/v1/projects/{project}/members/{user}", { params: { path: { project, user } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: projectKey(project) }),
  });
}

import { infiniteQueryOptions, useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "../client";
import type { NewInvitation } from "../types";

/** Where invitations lead: into a group, onto a project, or, without either, to the site. By name. */
export interface InvitedTo {
  owner?: string;
  project?: string;
}

const KEY = ["invitations"] as const;

const invitationsQuery = (to: InvitedTo) =>
  infiniteQueryOptions({
    queryKey: [...KEY, to],
    queryFn: ({ pageParam }) =>
      unwrap(api.GET("/api/v1/invitations", { params: { query: { ...to, limit: 20, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

/** Those into one place; all of them for an admin who names none. Newest first. */
export const useInvitations = (to: InvitedTo) => useInfiniteQuery(invitationsQuery(to));

/** Makes a link; the answer is the only time that it is told. */
export function useInvite() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: NewInvitation) => unwrap(api.POST("/api/v1/invitations", { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEY }),
  });
}

/** Withdraws one: its link leads nowhere any more. */
export function useRevokeInvitation() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (invitation: string) =>
      unwrap(api.DELETE("/api/v1/invitations/{invitation}", { params: { path: { invitation } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEY }),
  });
}

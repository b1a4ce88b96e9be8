import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import type { Owner, Role } from "@/lib/api/types";

const KEY = ["owners"] as const;
type OwnerBody = { name: string; contact: string | null; url: string | null };

const ownerQuery = (owner: string) =>
  queryOptions({
    queryKey: [...KEY, owner],
    queryFn: () => unwrap(api.GET("/api/v1/owners/{owner}", { params: { path: { owner } } })),
  });

export const useOwner = (owner: string) => useQuery(ownerQuery(owner));

const membersQuery = (owner: string) =>
  queryOptions({
    queryKey: [...KEY, owner, "members"],
    queryFn: () => unwrap(api.GET("/api/v1/owners/{owner}/members", { params: { path: { owner } } })),
  });

export const useOwnerMembers = (owner: string) => useQuery(membersQuery(owner));

export function useCreateOwner() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: OwnerBody) => unwrap(api.POST("/api/v1/owners", { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEY }),
  });
}

export function useChangeOwner(owner: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: OwnerBody) => unwrap(api.PATCH("/api/v1/owners/{owner}", { params: { path: { owner } }, body })),
    onSuccess: (changed: Owner) => {
      queries.setQueryData(ownerQuery(changed.name).queryKey, changed);
      return queries.invalidateQueries({ queryKey: KEY, exact: true });
    },
  });
}

export function useRemoveOwner(owner: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.DELETE("/api/v1/owners/{owner}", { params: { path: { owner } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEY, exact: true }),
  });
}

export function usePutOwnerMember(owner: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ user, role }: { user: string; role: Role }) =>
      unwrap(api.PUT("/api/v1/owners/{owner}/members/{user}", { params: { path: { owner, user } }, body: { role } })),
    onSuccess: (members) => {
      queries.setQueryData(membersQuery(owner).queryKey, members);
      return queries.invalidateQueries({ queryKey: ownerQuery(owner).queryKey, exact: true });
    },
  });
}

export function useRemoveOwnerMember(owner: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (user: string) =>
      unwrap(api.DELETE("/api/v1/owners/{owner}/members/{user}", { params: { path: { owner, user } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEY }),
  });
}

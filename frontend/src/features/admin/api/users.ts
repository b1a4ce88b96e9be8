import {
  infiniteQueryOptions,
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import type { UserChange } from "@/lib/api/types";

const KEY = ["users"] as const;

const usersQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: [...KEY, { q }],
    queryFn: ({ pageParam }) =>
      unwrap(api.GET("/api/v1/users", { params: { query: { ...(q ? { q } : {}), cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });

/** The people of the site whose names or addresses hold `q`, page by page. */
export const useUsers = (q: string) => useInfiniteQuery(usersQuery(q));

/** Gives or takes rights, switches an account off or on. */
export function useChangeUser(user: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: UserChange) => unwrap(api.PATCH("/api/v1/users/{user}", { params: { path: { user } }, body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEY }),
  });
}

/** Makes a link with which somebody gets in once. */
export const useLoginLink = (user: string) =>
  useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/users/{user}/login-link", { params: { path: { user } } })),
  });

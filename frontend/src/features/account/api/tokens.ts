import { infiniteQueryOptions, useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import type { OwnTokenCreate } from "@/lib/api/types";

const KEY = ["me-tokens"] as const;

const tokensQuery = () =>
  infiniteQueryOptions({
    queryKey: KEY,
    queryFn: ({ pageParam }) => unwrap(api.GET("/api/v1/me/tokens", { params: { query: { cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

/** One's tokens, newest first, page by page, without their texts. */
export const useOwnTokens = () => useInfiniteQuery(tokensQuery());

/** Makes a token; the answer is the only time that it is told. */
export function useMakeToken() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: OwnTokenCreate) => unwrap(api.POST("/api/v1/me/tokens", { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEY }),
  });
}

/** Makes a new token in place of one, which stays good for so many hours. */
export function useRotateOwnToken(token: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (overlap_hours: number) =>
      unwrap(api.POST("/api/v1/me/tokens/{token}/rotate", { params: { path: { token } }, body: { overlap_hours } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEY }),
  });
}

/** Ends a token at once. */
export function useRevokeOwnToken() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (token: string) => unwrap(api.DELETE("/api/v1/me/tokens/{token}", { params: { path: { token } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEY }),
  });
}

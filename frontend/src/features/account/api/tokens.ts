import { infiniteQueryOptions, useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import type { OwnTokenCreate } from "@/lib/api/types";

export const OWN_TOKENS = ["me-tokens"] as const;

const tokensQuery = () =>
  infiniteQueryOptions({
    queryKey: OWN_TOKENS,
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
    onSuccess: () => queries.invalidateQueries({ queryKey: OWN_TOKENS }),
  });
}

/** Makes a new token in place of one, which stays good for so many hours. */
export const rotateOwnToken = (token: string, overlap_hours: number) =>
  unwrap(api.POST("/api/v1/me/tokens/{token}/rotate", { params: { path: { token } }, body: { overlap_hours } }));

/** Ends a token at once. */
export const revokeOwnToken = (token: string) =>
  unwrap(api.DELETE("/api/v1/me/tokens/{token}", { params: { path: { token } } }));

import { infiniteQueryOptions, useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import type { FailedDelivery } from "@/lib/api/types";

const KEY = ["deliveries"] as const;
export type DeliveryState = FailedDelivery["state"];

const deliveriesQuery = (state: DeliveryState) =>
  infiniteQueryOptions({
    queryKey: [...KEY, state],
    queryFn: ({ pageParam }) =>
      unwrap(api.GET("/api/v1/deliveries", { params: { query: { state, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: 10_000,
  });

/** Deliveries of all trees that were given up, or are tried again; page by page. */
export const useDeliveries = (state: DeliveryState) => useInfiniteQuery(deliveriesQuery(state));

/** Sends given-up deliveries again. */
export function useRedeliver() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (ids: string[]) => unwrap(api.POST("/api/v1/deliveries/redeliver", { body: { ids } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEY }),
  });
}

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

export interface CombosFilter {
  project?: string;
  commit?: string;
}

/** Combos, newest first, page by page: of one project, or those that hold a commit. A page may be short though more follow. */
export const useCombos = (filter: CombosFilter) =>
  useInfiniteQuery({
    queryKey: ["combos", filter],
    queryFn: ({ pageParam }) =>
      unwrap(api.GET("/api/v1/combos", { params: { query: { ...filter, limit: 50, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });

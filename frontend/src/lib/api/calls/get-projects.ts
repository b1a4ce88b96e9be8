import { infiniteQueryOptions, keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { api, unwrap } from "../client";

export const projectsQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: ["projects", { q }],
    queryFn: ({ pageParam }) =>
      unwrap(api.GET("/api/v1/projects", { params: { query: { ...(q ? { q } : {}), limit: 50, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });

/** Projects whose name or repository matches `q`, page by page. */
export const useProjects = (q = "") => useInfiniteQuery(projectsQuery(q));

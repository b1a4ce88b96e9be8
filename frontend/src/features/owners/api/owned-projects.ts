import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

const ownedQuery = (owner: string) =>
  infiniteQueryOptions({
    queryKey: ["projects", { owner }],
    queryFn: ({ pageParam }) =>
      unwrap(api.GET("/api/v1/projects", { params: { query: { owner, limit: 50, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

/** The projects that belong to a group, page by page. */
export const useOwnedProjects = (owner: string) => useInfiniteQuery(ownedQuery(owner));

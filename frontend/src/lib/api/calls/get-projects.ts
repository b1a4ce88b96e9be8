import { infiniteQueryOptions, keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { api, unwrap } from "../client";
import type { paths } from "../schema";

/** What is not set does not matter. */
export type ProjectsFilter = Omit<
  NonNullable<paths["/api/v1/projects"]["get"]["parameters"]["query"]>,
  "limit" | "cursor"
>;

export const projectsQuery = (filter: ProjectsFilter) =>
  infiniteQueryOptions({
    queryKey: ["projects", filter],
    queryFn: ({ pageParam }) =>
      unwrap(api.GET("/api/v1/projects", { params: { query: { ...filter, limit: 50, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });

/** Projects that meet all of the filter, page by page; a text alone is part of a name or an address. */
export const useProjects = (wanted: string | ProjectsFilter = {}) =>
  useInfiniteQuery(projectsQuery(typeof wanted === "string" ? (wanted ? { q: wanted } : {}) : wanted));

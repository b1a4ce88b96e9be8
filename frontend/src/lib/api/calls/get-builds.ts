import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { api, unwrap } from "../client";
import type { BuildSummary } from "../types";

export type BuildState = BuildSummary["state"];

export interface BuildsFilter {
  project?: string;
  state?: BuildState;
  branch?: string;
  limit?: number;
}

export const buildsQuery = (filter: BuildsFilter = {}) =>
  infiniteQueryOptions({
    queryKey: ["builds", filter],
    queryFn: ({ pageParam }) =>
      unwrap(api.GET("/api/v1/builds", { params: { query: { ...filter, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

/** Builds, newest first, page by page. */
export const useBuilds = (filter: BuildsFilter = {}) => useInfiniteQuery(buildsQuery(filter));

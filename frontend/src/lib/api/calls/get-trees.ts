import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { api, unwrap } from "../client";
import type { TreeSummary } from "../types";

export type TreeState = TreeSummary["state"];

export interface TreesFilter {
  project?: string;
  state?: TreeState;
  branch?: string;
  /** Of the root: whole, or its first seven digits or more. */
  commit?: string;
  /** Only those with a project that the caller is a member of, or has starred. */
  mine?: boolean;
  limit?: number;
}

export const treesQuery = (filter: TreesFilter = {}) =>
  infiniteQueryOptions({
    queryKey: ["trees", filter],
    queryFn: ({ pageParam }) =>
      unwrap(api.GET("/api/v1/trees", { params: { query: { ...filter, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

/** Trees, newest first, page by page. */
export const useTrees = (filter: TreesFilter = {}) => useInfiniteQuery(treesQuery(filter));

import { infiniteQueryOptions, keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import type { AuditFilter } from "../audit-model";

const auditQuery = (filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: ["audit", filter],
    queryFn: async ({ pageParam }) => {
      const page = await unwrap(api.GET("/api/v1/audit", { params: { query: { ...filter, cursor: pageParam } } }));
      // a string is what `format=csv` would bring
      return page as Exclude<typeof page, string>;
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });

/** Who changed what, newest first, page by page. */
export const useAudit = (filter: AuditFilter) => useInfiniteQuery(auditQuery(filter));

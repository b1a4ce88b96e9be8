import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import type { JobSummary } from "@/lib/api/types";

const MOST = 8;
const NONE: JobSummary[] = [];

/** Jobs whose path or title holds what was typed, those for branches and pull requests among them. */
export function useFoundJobs(q: string): readonly JobSummary[] {
  const wanted = q.length > 1 && !q.startsWith(">") && !q.includes("://");
  const jobs = useQuery({
    queryKey: ["jobs", "found", q],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/jobs", { params: { query: { q, copies: true, limit: MOST } }, signal })),
    enabled: wanted,
    placeholderData: keepPreviousData,
    retry: false,
  });
  return wanted ? (jobs.data?.items ?? NONE) : NONE;
}

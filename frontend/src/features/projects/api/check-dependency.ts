import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import type { Filters } from "@/lib/api/types";

/** How many of the last successes of `upstream` such filters would have let pass; an empty upstream asks nothing. */
export const useDependencyCheck = (project: string, upstream: string, filters: Filters) =>
  useQuery({
    queryKey: ["dependency-check", project, upstream, filters],
    queryFn: () =>
      unwrap(
        api.POST("/api/v1/projects/{project}/dependencies/check", {
          params: { path: { project } },
          body: { upstream, filters },
        }),
      ),
    enabled: upstream !== "",
    placeholderData: keepPreviousData,
    retry: false,
  });

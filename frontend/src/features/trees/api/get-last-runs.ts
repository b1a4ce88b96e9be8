import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

export const lastRunsQuery = (project: string) =>
  queryOptions({
    queryKey: ["project", project, "last-runs"],
    queryFn: async () => {
      const { items } = await unwrap(api.GET("/api/v1/activity", { params: { query: { project: [project] } } }));
      return items[0]?.last ?? [];
    },
  });

/** The last 20 events of a project (its id) over all trees, newest first. */
export const useLastRuns = (project: string) => useQuery(lastRunsQuery(project));

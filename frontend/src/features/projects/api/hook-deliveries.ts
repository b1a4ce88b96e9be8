import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import { projectKey } from "./get-project";

const deliveriesQuery = (project: string) =>
  infiniteQueryOptions({
    queryKey: [...projectKey(project), "hook-deliveries"],
    queryFn: ({ pageParam }) =>
      unwrap(
        api.GET("/api/v1/projects/{project}/hook-deliveries", {
          params: { path: { project }, query: { cursor: pageParam } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

/** What GitHub or GitLab told of the project's repository, newest first, page by page. */
export const useHookDeliveries = (project: string) => useInfiniteQuery(deliveriesQuery(project));

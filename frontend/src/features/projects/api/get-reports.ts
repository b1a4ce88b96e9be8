import { useInfiniteQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import { projectKey } from "./get-project";

/** What the project's pipeline reported by itself, newest first, each with what came of it. */
export const useReports = (project: string) =>
  useInfiniteQuery({
    queryKey: [...projectKey(project), "reports"],
    queryFn: ({ pageParam }) =>
      unwrap(
        api.GET("/api/v1/projects/{project}/reports", {
          params: { path: { project }, query: { limit: 10, cursor: pageParam } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

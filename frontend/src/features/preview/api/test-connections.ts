import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import type { Wanted } from "@/lib/paths";

/** Asks the CI systems of a project, and of those it would trigger, whether they can be used; nothing is started. They are asked
 * once: only `refetch` asks again. */
export const useConnectionTest = ({ project = "", ...ref }: Wanted) =>
  useQuery({
    queryKey: ["connections", project, ref],
    queryFn: () =>
      unwrap(api.POST("/api/v1/projects/{project}/test-connections", { params: { path: { project } }, body: ref })),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnReconnect: false,
    retry: false,
  });

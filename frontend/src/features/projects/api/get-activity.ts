import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import type { Activity } from "@/lib/api/types";

/** More are not asked for at once. */
const MOST = 200;

async function getActivity(ids: readonly string[]): Promise<Map<string, Activity>> {
  const { items } = await unwrap(api.GET("/api/v1/activity", { params: { query: { project: ids.slice(0, MOST) } } }));
  return new Map(items.map((item) => [item.project.id, item]));
}

/** What happened last to these projects, by id. */
export const useActivity = (ids: readonly string[]) =>
  useQuery({
    queryKey: ["projects", "activity", ids],
    queryFn: () => getActivity(ids),
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
  });

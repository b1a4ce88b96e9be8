import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

/** The projects that were starred, with their last results. */
export const useStarred = () =>
  useQuery({
    queryKey: ["projects", "starred"],
    queryFn: () => unwrap(api.GET("/api/v1/projects", { params: { query: { starred: true, limit: 50 } } })),
  });

import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

/** Lateness comes with time alone, which no message of the feed tells. */
const EVERY_MS = 30_000;

/** Events that take longer than they used to, or are near their deadline, the most urgent first. */
export const useOverdue = () =>
  useQuery({
    queryKey: ["overdue"],
    queryFn: () => unwrap(api.GET("/api/v1/overdue", { params: { query: { limit: 10 } } })),
    refetchInterval: EVERY_MS,
  });

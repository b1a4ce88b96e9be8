import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

export const agentQuery = (agent: string) =>
  queryOptions({
    queryKey: ["agents", agent],
    queryFn: () => unwrap(api.GET("/api/v1/agents/{agent}", { params: { path: { agent } } })),
  });

/** One agent with the builds that it holds, and its last ones. */
export const useAgent = (agent: string) => useQuery(agentQuery(agent));

import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "../client";

export const agentsQuery = () =>
  queryOptions({
    queryKey: ["agents"],
    queryFn: () => unwrap(api.GET("/api/v1/agents")),
  });

export const useAgents = () => useQuery(agentsQuery());

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import { agentQuery } from "./get-agent";

/** Lets an agent take no more builds, or take them again. */
export function useDrainAgent(agent: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (draining: boolean) =>
      unwrap(api.PATCH("/api/v1/agents/{agent}", { params: { path: { agent } }, body: { draining } })),
    onSuccess: (changed) => {
      queries.setQueryData(agentQuery(agent).queryKey, changed);
      void queries.invalidateQueries({ queryKey: ["agents"], exact: true });
    },
  });
}

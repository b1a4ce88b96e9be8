import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

/** Ends an agent's credential; what it runs waits for another one. */
export function useRevokeAgent(agent: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.DELETE("/api/v1/agents/{agent}", { params: { path: { agent } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["agents"], exact: true }),
  });
}

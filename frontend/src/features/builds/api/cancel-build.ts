import { useMutation, useQueryClient } from "@tanstack/react-query";
import { buildQuery } from "@/lib/api/calls/get-build";
import { api, unwrap } from "@/lib/api/client";

/** Asks the agent to stop the build; the build says "cancel asked" until it has. */
export function useCancelBuild(build: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/builds/{build}/cancel", { params: { path: { build } } })),
    onSuccess: (changed) => queries.setQueryData(buildQuery(build).queryKey, changed),
  });
}

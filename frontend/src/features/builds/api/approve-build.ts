import { useMutation, useQueryClient } from "@tanstack/react-query";
import { buildQuery } from "@/lib/api/calls/get-build";
import { api, unwrap } from "@/lib/api/client";

/** Lets agents take the build of this very commit. */
export function useApproveBuild(build: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (commit: string) =>
      unwrap(api.POST("/api/v1/builds/{build}/approve", { params: { path: { build } }, body: { commit } })),
    onSuccess: (changed) => queries.setQueryData(buildQuery(build).queryKey, changed),
  });
}

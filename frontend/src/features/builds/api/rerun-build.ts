import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

/** A new build of the same commit, ref, parameters and definition. */
export function useRerunBuild(build: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/builds/{build}/rerun", { params: { path: { build } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["builds"] }),
  });
}

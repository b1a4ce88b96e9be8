import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

/** Makes the demo's repositories and projects and pushes the first commit. */
export function useLoadDemo() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/demo")),
    onSuccess: () => queries.invalidateQueries(),
  });
}

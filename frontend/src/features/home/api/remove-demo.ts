import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

/** Removes the demo's projects, trees and builds. */
export function useRemoveDemo() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.DELETE("/api/v1/demo")),
    onSuccess: () => queries.invalidateQueries(),
  });
}

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import type { Need } from "@/lib/api/types";

/** Reruns an event with the inputs it had, or, when it could not be delivered, sends it again. */
export function useRunAgain({ tree_id, sub_id, state }: Need) {
  const queries = useQueryClient();
  const params = { path: { tree: tree_id, sub: sub_id } };
  return useMutation({
    mutationFn: () =>
      unwrap(
        state === "undeliverable"
          ? api.POST("/api/v1/trees/{tree}/events/{sub}/redeliver", { params })
          : api.POST("/api/v1/trees/{tree}/events/{sub}/rerun", { params, body: { downstream: false } }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["trees"] }),
  });
}

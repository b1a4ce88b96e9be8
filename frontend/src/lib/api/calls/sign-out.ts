import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, keepCsrf, unwrap } from "../client";
import { ME_KEY } from "../query-client";

/** Ends the session. */
export function useSignOut() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.DELETE("/api/v1/session")),
    onSuccess: () => {
      keepCsrf("");
      queries.setQueryData(ME_KEY, null);
    },
  });
}

/** Forgets what was fetched for somebody once no page of theirs is left: one that still stood would fetch it again. */
export function useForgetting(): void {
  const queries = useQueryClient();
  useEffect(() => () => queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== ME_KEY[0] }), [queries]);
}

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, keepCsrf, unwrap } from "../client";
import { ME_KEY } from "../query-client";

/** Ends the session; everything fetched in it is forgotten. */
export function useSignOut() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.DELETE("/api/v1/session")),
    onSuccess: () => {
      keepCsrf("");
      queries.removeQueries({ predicate: (query) => query.queryKey[0] !== ME_KEY[0] });
      queries.setQueryData(ME_KEY, null);
    },
  });
}

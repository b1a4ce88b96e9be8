import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, keepCsrf, unwrap } from "@/lib/api/client";
import { ME_KEY } from "@/lib/api/query-client";
import type { Me } from "@/lib/api/types";

/** Signs in with name and password. */
export function useSignIn() {
  const keep = useKeepMe();
  return useMutation({
    mutationFn: (body: { name: string; password: string }) => unwrap(api.POST("/api/v1/session", { body })),
    onSuccess: keep,
  });
}

/** What a new session brings is kept before any page asks for it. */
export function useKeepMe(): (me: Me) => Promise<void> {
  const queries = useQueryClient();
  return async (me) => {
    // An answer still under way was asked for by the old session; it must not come after the new one.
    await queries.cancelQueries({ queryKey: ME_KEY });
    queries.removeQueries({ predicate: (query) => query.queryKey[0] !== ME_KEY[0] });
    keepCsrf(me.csrf_token);
    queries.setQueryData(ME_KEY, me);
  };
}

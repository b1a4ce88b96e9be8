import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, keepCsrf, unwrap } from "../client";
import { ME_KEY } from "../query-client";
import type { Me } from "../types";

/** Signs in on a page whose session has ended. What had failed is fetched anew; for somebody else the page begins anew. */
export function useSignInAgain(name: string) {
  const back = useSignedInAgain(name);
  return useMutation({
    mutationFn: (password: string) => unwrap(api.POST("/api/v1/session", { body: { name, password } })),
    onSuccess: back,
  });
}

/** Looks whether somebody has signed in meanwhile, in another tab. */
export function useLookAgain(name: string) {
  const back = useSignedInAgain(name);
  return useMutation({
    mutationFn: () => unwrap(api.GET("/api/v1/me")),
    onSuccess: back,
  });
}

function useSignedInAgain(name: string): (me: Me) => void {
  const queries = useQueryClient();
  return (me) => {
    keepCsrf(me.csrf_token);
    if (me.user.name !== name) return location.reload();
    queries.setQueryData(ME_KEY, me);
    void queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== ME_KEY[0] });
  };
}

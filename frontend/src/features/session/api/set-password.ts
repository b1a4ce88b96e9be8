import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import { ME_KEY } from "@/lib/api/query-client";

/** Sets the password; `current` is asked for by the server when there is one already. */
export function useSetPassword() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { password: string; current?: string }) => unwrap(api.PUT("/api/v1/me/password", { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ME_KEY }),
  });
}

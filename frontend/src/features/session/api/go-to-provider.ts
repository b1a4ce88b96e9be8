import { useMutation } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

interface Wish {
  provider: string;
  /** Where to go in the end; the server takes only pages of ours. */
  next: string;
  /** Of an invitation. */
  code?: string | undefined;
}

/** Begins a sign-in at a provider, and leaves the page for it. */
export function useGoToProvider() {
  return useMutation({
    mutationFn: ({ provider, next, code }: Wish) =>
      unwrap(
        api.POST("/api/v1/session/providers/{provider}", {
          params: { path: { provider } },
          body: { next, ...(code ? { code } : {}) },
        }),
      ),
    onSuccess: ({ url }) => location.assign(url),
  });
}

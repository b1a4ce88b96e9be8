import { useMutation, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import { useKeepMe } from "./sign-in";

interface NewAccount {
  name: string;
  password: string;
  full_name: string | null;
  code: string | null;
}

/** Makes an account, and signs in. */
export function useSignUp() {
  const keep = useKeepMe();
  return useMutation({
    mutationFn: (body: NewAccount) => unwrap(api.POST("/api/v1/signup", { body })),
    onSuccess: keep,
  });
}

/** What an invitation is for. */
export function useInvitation(code: string | null) {
  return useQuery({
    queryKey: ["invitation", code],
    queryFn: () => unwrap(api.POST("/api/v1/signup/invitation", { body: { code: code ?? "" } })),
    enabled: code !== null,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}

/** Takes what an invitation brings, for somebody who has an account. */
export function useAcceptInvitation() {
  return useMutation({
    mutationFn: (code: string) => unwrap(api.POST("/api/v1/me/invitations", { body: { code } })),
  });
}

import { useMutation } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import { useKeepMe } from "./sign-in";

/** Signs in with the code of a one-time link. */
export function useRedeemCode() {
  const keep = useKeepMe();
  return useMutation({
    mutationFn: (code: string) => unwrap(api.POST("/api/v1/session/code", { body: { code } })),
    onSuccess: keep,
  });
}

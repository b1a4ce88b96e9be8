import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

const profileQuery = () =>
  queryOptions({ queryKey: ["me-profile"], queryFn: () => unwrap(api.GET("/api/v1/me/profile")) });

/** Who one is. */
export const useProfile = () => useQuery(profileQuery());

/** Changes what one is called. */
export function useChangeProfile() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { full_name: string; email: string }) => unwrap(api.PATCH("/api/v1/me/profile", { body })),
    onSuccess: (profile) => queries.setQueryData(profileQuery().queryKey, profile),
  });
}

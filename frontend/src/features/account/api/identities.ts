import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import { paths } from "@/lib/paths";

const identitiesQuery = () =>
  queryOptions({ queryKey: ["me-identities"], queryFn: () => unwrap(api.GET("/api/v1/me/identities")) });

/** The accounts elsewhere with which one can sign in here. */
export const useIdentities = () => useQuery(identitiesQuery());

/** The providers that this site knows. */
export const useProviders = () =>
  useQuery({
    queryKey: ["door"],
    queryFn: async () => (await unwrap(api.GET("/api/v1/session", { params: { query: {} } }))).providers,
  });

/** Sends the browser to a provider, from where it comes back with the account there linked. */
export function useLinkIdentity() {
  return useMutation({
    mutationFn: (provider: string) =>
      unwrap(api.POST("/api/v1/me/identities", { body: { provider, next: paths.me("profile") } })),
    onSuccess: ({ url }) => location.assign(url),
  });
}

export function useUnlinkIdentity() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (identity: string) =>
      unwrap(api.DELETE("/api/v1/me/identities/{identity}", { params: { path: { identity } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: identitiesQuery().queryKey }),
  });
}

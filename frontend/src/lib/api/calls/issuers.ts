import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "../client";
import type { IssuerCreate } from "../types";

const issuersQuery = () =>
  queryOptions({ queryKey: ["issuers"] as const, queryFn: () => unwrap(api.GET("/api/v1/issuers")) });

/** Whose signed tokens are believed, and who else is offered. */
export const useIssuers = () => useQuery(issuersQuery());

/** Lists an issuer; the answer says whether its keys could be had. */
export function useAddIssuer() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: IssuerCreate) => unwrap(api.POST("/api/v1/issuers", { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: issuersQuery().queryKey }),
  });
}

/** Ends all trust in an issuer. */
export function useRemoveIssuer() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (issuer: string) => unwrap(api.DELETE("/api/v1/issuers/{issuer}", { params: { path: { issuer } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: issuersQuery().queryKey }),
  });
}

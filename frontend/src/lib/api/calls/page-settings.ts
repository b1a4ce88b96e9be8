import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "../client";
import type { PageSettings } from "../types";

export const pageSettingsQuery = () =>
  queryOptions({ queryKey: ["me-settings"], queryFn: () => unwrap(api.GET("/api/v1/me/settings")) });

/** How one likes the page, as the account keeps it. */
export const usePageSettings = () => useQuery(pageSettingsQuery());

/** Stores choices. They count at once, and are taken back if they cannot be stored. */
export function useSavePageSettings() {
  const queries = useQueryClient();
  const { queryKey } = pageSettingsQuery();
  return useMutation({
    mutationFn: (body: Partial<PageSettings>) => unwrap(api.PUT("/api/v1/me/settings", { body })),
    onMutate: async (choice) => {
      await queries.cancelQueries({ queryKey });
      const before = queries.getQueryData(queryKey);
      if (before) queries.setQueryData(queryKey, { ...before, ...choice });
      return before;
    },
    onError: (_, __, before) => queries.setQueryData(queryKey, before),
    onSuccess: (stored) => queries.setQueryData(queryKey, stored),
  });
}

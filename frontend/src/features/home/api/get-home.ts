import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import type { Home } from "@/lib/api/types";

export type Scope = Home["scope"];

/** What needs somebody; refreshed with the trees, as it comes from them. */
export const useHome = (scope: Scope) =>
  useQuery({
    queryKey: ["trees", "home", scope],
    queryFn: () => unwrap(api.GET("/api/v1/home", { params: { query: { scope } } })),
    placeholderData: keepPreviousData,
  });

import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

/** What differs from combo `a` to combo `b`. Neither ever changes. */
export const useComparison = (a: string, b: string) =>
  useQuery({
    queryKey: ["combo-comparison", a, b],
    queryFn: () => unwrap(api.GET("/api/v1/combos/compare", { params: { query: { a, b } } })),
    enabled: Boolean(a && b),
    staleTime: Number.POSITIVE_INFINITY,
  });

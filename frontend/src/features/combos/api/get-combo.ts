import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

/** One combo, `<tree>:<sub id>:<attempt>`. It never changes. */
export const useCombo = (combo: string) =>
  useQuery({
    queryKey: ["combo", combo],
    queryFn: () => unwrap(api.GET("/api/v1/combos/{combo}", { params: { path: { combo } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });

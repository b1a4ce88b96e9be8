import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

/** The names of all projects, fetched once and looked through while somebody types. */
export const useNames = (wanted: boolean) =>
  useQuery({
    queryKey: ["names"],
    queryFn: () => unwrap(api.GET("/api/v1/search/names")),
    enabled: wanted,
    staleTime: 5 * 60_000,
  });

import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

/** The groups that may own projects. */
export const useOwners = () =>
  useQuery({
    queryKey: ["owners"],
    queryFn: () => unwrap(api.GET("/api/v1/owners")),
    staleTime: 60_000,
  });

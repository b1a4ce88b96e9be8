import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

export const deliveriesQuery = (tree: string, sub: string) =>
  queryOptions({
    queryKey: ["tree", tree, "event", sub, "deliveries"],
    queryFn: () => unwrap(api.GET("/api/v1/trees/{tree}/events/{sub}/deliveries", { params: { path: { tree, sub } } })),
  });

/** The tries to tell the project's CI system. A try that failed changes no state, so nothing live tells of it: it is asked for. */
export const useDeliveries = (tree: string, sub: string, mayGrow: boolean) =>
  useQuery({ ...deliveriesQuery(tree, sub), refetchInterval: mayGrow ? 3000 : false });

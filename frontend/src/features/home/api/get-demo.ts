import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

export const demoQuery = () =>
  queryOptions({ queryKey: ["demo"], queryFn: () => unwrap(api.GET("/api/v1/demo")), staleTime: 60_000 });

/** Whether the demo is loaded, and where its working clone is. */
export const useDemo = () => useQuery(demoQuery());

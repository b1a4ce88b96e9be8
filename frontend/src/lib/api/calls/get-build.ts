import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

export const buildQuery = (build: string) =>
  queryOptions({
    queryKey: ["build", build],
    queryFn: () => unwrap(api.GET("/api/v1/builds/{build}", { params: { path: { build } } })),
  });

/** One build with its steps and artifacts. */
export const useBuild = (build: string) => useQuery(buildQuery(build));

import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

/** In which lines of which steps of a build a text stands. */
export const findQuery = (build: string, q: string) =>
  queryOptions({
    queryKey: ["build-log-search", build, q],
    queryFn: () => unwrap(api.GET("/api/v1/builds/{build}/log/search", { params: { path: { build }, query: { q } } })),
    staleTime: 5000,
  });

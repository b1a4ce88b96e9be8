import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

const comparisonQuery = (build: string) =>
  queryOptions({
    queryKey: ["build", build, "compare"],
    queryFn: () => unwrap(api.GET("/api/v1/builds/{build}/compare", { params: { path: { build } } })),
  });

/** The build beside the last green one of its project and branch. */
export const useBuildComparison = (build: string) => useQuery(comparisonQuery(build));

import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

export interface GraphPart {
  focus?: string;
  dir?: "up" | "down" | "both";
  depth?: number;
}

export const wholeGraphQuery = (part: GraphPart) =>
  queryOptions({
    queryKey: ["projects", "graph", part],
    queryFn: () => unwrap(api.GET("/api/v1/graph", { params: { query: part } })),
    placeholderData: keepPreviousData,
  });

/** All projects with the edges between them, or those around one. */
export const useWholeGraph = (part: GraphPart) => useQuery(wholeGraphQuery(part));

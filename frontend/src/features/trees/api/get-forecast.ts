import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

/** While a tree runs its forecast moves with the clock, though nothing else happens. */
export const FORECAST_MS = 5000;

export const forecastQuery = (tree: string) =>
  queryOptions({
    queryKey: ["tree", tree, "forecast"],
    queryFn: () => unwrap(api.GET("/api/v1/trees/{tree}/forecast", { params: { path: { tree } } })),
    staleTime: FORECAST_MS,
  });

/** When a tree is expected to end, and its critical path. */
export const useForecast = (tree: string, running: boolean) =>
  useQuery({ ...forecastQuery(tree), refetchInterval: running ? FORECAST_MS : false });

import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

const systemQuery = () =>
  queryOptions({
    queryKey: ["system"],
    queryFn: () => unwrap(api.GET("/api/v1/system")),
    refetchInterval: 5_000,
  });

/** How the arbiter itself is doing; asked anew every few seconds. */
export const useSystem = () => useQuery(systemQuery());

const settingsQuery = () =>
  queryOptions({ queryKey: ["system-settings"], queryFn: () => unwrap(api.GET("/api/v1/system/settings")) });

/** The settings in force, without secrets. */
export const useEffectiveSettings = () => useQuery(settingsQuery());

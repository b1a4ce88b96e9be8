import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "../client";

export const ownersQuery = () =>
  queryOptions({ queryKey: ["owners"], queryFn: () => unwrap(api.GET("/api/v1/owners")) });

/** The groups that the viewer may see, each with the viewer's role in it. */
export const useOwners = () => useQuery(ownersQuery());

import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "../client";

export const peopleQuery = (q: string) =>
  queryOptions({
    queryKey: ["people", q],
    queryFn: () => unwrap(api.GET("/api/v1/people", { params: { query: { q } } })),
    placeholderData: keepPreviousData,
  });

/** Up to 20 people whose name holds `q`; null asks for nobody. */
export const usePeople = (q: string | null) => useQuery({ ...peopleQuery(q ?? ""), enabled: q !== null });

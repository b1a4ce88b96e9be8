import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

const EVERY_MS = 15_000;

/** When a running tree is expected to end; it moves with the clock. What is expected of each event would be as large as the tree. */
export const useExpectedEnd = (tree: string) =>
  useQuery({
    queryKey: ["tree", tree, "expected-end"],
    queryFn: () =>
      unwrap(api.GET("/api/v1/trees/{tree}/forecast", { params: { path: { tree }, query: { events: false } } })),
    refetchInterval: EVERY_MS,
  });

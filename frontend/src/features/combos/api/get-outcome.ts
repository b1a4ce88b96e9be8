import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

/** The events of the tree that a combo comes from, with what became of each; those that are private come without a name. */
export const useOutcome = (tree: string) =>
  useQuery({
    queryKey: ["combo-outcome", tree],
    queryFn: () => unwrap(api.GET("/api/v1/trees/{tree}/graph", { params: { path: { tree } } })),
  });

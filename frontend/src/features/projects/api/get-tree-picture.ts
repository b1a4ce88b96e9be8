import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

/** The compact graph of a tree, beside lists: its own page keeps it up to date event by event, this looks again with the lists. */
export const useTreePicture = (tree: string) =>
  useQuery({
    queryKey: ["trees", "picture", tree],
    queryFn: () => unwrap(api.GET("/api/v1/trees/{tree}/graph", { params: { path: { tree } } })),
  });

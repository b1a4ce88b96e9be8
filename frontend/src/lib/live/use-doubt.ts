import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useLiveStatus } from "./live-context";

/** Without a connection nothing that was fetched counts as fresh: the page that is opened next asks anew, and says if it cannot. */
export function useDoubt(): void {
  const queries = useQueryClient();
  const { status } = useLiveStatus();
  const lost = status === "reconnecting";
  useEffect(() => {
    if (lost) void queries.invalidateQueries({ refetchType: "none" });
  }, [lost, queries]);
}

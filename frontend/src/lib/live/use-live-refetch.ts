/** For small resources: whatever their topic says, the resource is fetched anew, at most four times a second. */
import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { gather } from "./frames";
import { useLive } from "./live-context";

/** `queryKey` must keep its identity between renders. A fetch under way is restarted, so that the last answer is newer than the last message. */
export function useLiveRefetch(topic: string, queryKey: QueryKey): void {
  const live = useLive();
  const queries = useQueryClient();
  useEffect(() => {
    const changes = gather(() => void queries.invalidateQueries({ queryKey, exact: true }));
    const end = live.subscribe(
      () => ({ topic }),
      () => changes.add(undefined),
    );
    return () => {
      changes.cancel();
      end();
    };
  }, [live, queries, topic, queryKey]);
}

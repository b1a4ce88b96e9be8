/** A query whose snapshot is kept true by its live topic. */
import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { gather } from "./frames";
import { useLive } from "./live-context";
import type { Versioned } from "./snapshot";
import { SnapshotKeeper } from "./snapshot-keeper";

/** The first change is shown at once, what follows on it in one go: clocks, and what is told of the whole, commit as well. */
const EVERY_MS = 700;

/**
 * Merges what `topic` says into the query at `queryKey`, whose data now has `version` (undefined while it loads).
 * `queryKey` and `apply` must keep their identity between renders.
 */
export function useLiveSnapshot<S extends Versioned, M extends Versioned>(
  topic: string,
  queryKey: QueryKey,
  version: number | undefined,
  apply: (snapshot: S, message: M) => S | null,
): void {
  const live = useLive();
  const queries = useQueryClient();
  const keeper = useRef<SnapshotKeeper<S, M> | null>(null);
  useEffect(() => {
    const mine = new SnapshotKeeper<S, M>({
      read: () => queries.getQueryData<S>(queryKey),
      write: (snapshot) => queries.setQueryData(queryKey, snapshot),
      refetch: () => queries.invalidateQueries({ queryKey, exact: true }),
      apply,
    });
    keeper.current = mine;
    const changes = gather<M>((messages) => mine.received(messages), { every: EVERY_MS });
    const end = live.subscribe(
      () => ({ topic }),
      (message) => {
        if (message.version === undefined) return;
        if (message.op === "subscribed") mine.subscribed(message.version);
        else changes.add(message as unknown as M);
      },
    );
    return () => {
      mine.end();
      changes.cancel();
      end();
    };
  }, [live, queries, topic, queryKey, apply]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version is the sign that a snapshot arrived
  useEffect(() => keeper.current?.settle(), [version]);
}

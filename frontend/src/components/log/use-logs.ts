/** The logs of the steps that were opened, over the live connection: replayed from the start, then as they are written. */
import { useCallback, useEffect, useRef, useState } from "react";
import { gather } from "@/lib/live/frames";
import type { LiveClient, LiveMessage } from "@/lib/live/live-client";
import { useLive } from "@/lib/live/live-context";
import { type Chunk, LogModel } from "./log-model";

/** After this many ms without the missing piece, the log is asked for again from where it broke off. */
const GAP_MS = 300;
const EVERY_MS = 100;

export interface Logs {
  modelOf(n: number): LogModel | undefined;
  /** What the server refused of the logs, if anything. */
  error: string | null;
  /** Grows with every change of a model. */
  revision: number;
}

/** The caller must mount anew for another build. A log that was once opened goes on being read until its end. */
export function useLogs(build: string, open: ReadonlySet<number>): Logs {
  const live = useLive();
  const [models] = useState(() => new Map<number, LogModel>());
  const feeds = useRef(new Map<number, () => void>());
  const [revision, setRevision] = useState(0);
  const [error, setError] = useState<string | null>(null);
  const changes = useRef<ReturnType<typeof gather<undefined>> | null>(null);

  useEffect(() => {
    const running = feeds.current;
    changes.current = gather(() => setRevision((before) => before + 1), { every: EVERY_MS });
    return () => {
      for (const end of running.values()) end();
      running.clear();
      changes.current?.cancel();
    };
  }, []);

  useEffect(() => {
    for (const n of open) {
      if (feeds.current.has(n)) continue;
      const model = models.get(n) ?? new LogModel();
      models.set(n, model);
      const changed = () => changes.current?.add(undefined);
      feeds.current.set(n, feed(live, { build, step: n }, model, changed, setError));
    }
  }, [live, build, open, models]);

  const modelOf = useCallback((n: number) => models.get(n), [models]);
  return { modelOf, error, revision };
}

/** Reads one log into its model; the function that is returned ends it. It ends by itself once the log is complete. */
function feed(
  live: LiveClient,
  { build, step }: { build: string; step: number },
  model: LogModel,
  changed: () => void,
  refused: (detail: string) => void,
): () => void {
  const ask = () => ({ topic: `build:${build}:log`, step, from: model.offset });
  let gap: ReturnType<typeof setTimeout> | undefined;
  const broken = () => {
    const stuck = model.offset;
    gap ??= setTimeout(() => {
      gap = undefined;
      if (model.offset === stuck) live.resubscribe(ask);
    }, GAP_MS);
  };
  const end = live.subscribe(ask, (message) => {
    if (message.error) refused(message.error.detail);
    if (!isChunk(message)) return;
    const fed = model.feed(message);
    if (fed === "gap") broken();
    if (fed === "added") changed();
    // one topic less on the socket, and after a reconnect nothing is asked for again
    if (model.eof) stop();
  });
  const stop = () => {
    clearTimeout(gap);
    end();
  };
  return stop;
}

function isChunk(message: LiveMessage): message is LiveMessage & Chunk {
  const { offset, next, data } = message;
  return typeof offset === "number" && typeof next === "number" && typeof data === "string";
}

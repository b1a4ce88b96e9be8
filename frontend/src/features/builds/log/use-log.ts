/** The log of one step over the live connection: replayed from the start, then as it is written. */
import { useEffect, useState } from "react";
import { gather } from "@/lib/live/frames";
import type { LiveMessage } from "@/lib/live/live-client";
import { useLive } from "@/lib/live/live-context";
import { type Chunk, LogModel } from "./log-model";

/** After this many ms without the missing piece, the log is asked for again from where it broke off. */
const GAP_MS = 300;

export interface Log {
  model: LogModel;
  /** Grows with every change of the model. */
  revision: number;
  error: string | null;
}

/** The caller must mount anew for another build or step. */
export function useLog(build: string, step: number): Log {
  const live = useLive();
  const [model] = useState(() => new LogModel());
  const [revision, setRevision] = useState(0);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    const changes = gather(() => setRevision((before) => before + 1), { every: 50 });
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
      if (message.error) setError(message.error.detail);
      if (!isChunk(message)) return;
      const fed = model.feed(message);
      if (fed === "added") changes.add(undefined);
      if (fed === "gap") broken();
    });
    return () => {
      clearTimeout(gap);
      changes.cancel();
      end();
    };
  }, [live, build, step, model]);
  return { model, revision, error };
}

function isChunk(message: LiveMessage): message is LiveMessage & Chunk {
  const { offset, next, data } = message;
  return typeof offset === "number" && typeof next === "number" && typeof data === "string";
}

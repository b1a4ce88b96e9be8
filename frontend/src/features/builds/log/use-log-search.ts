/** Finds in all lines of a log, with the true count, however few of them are mounted. */
import { useDeferredValue, useMemo, useState } from "react";
import type { Log } from "./use-log";

export interface LogSearch {
  query: string;
  setQuery(query: string): void;
  /** Line numbers. */
  found: number[];
  /** Place in `found` of the match looked at; -1 before the first step. */
  at: number;
  go(way: 1 | -1): void;
}

export function useLogSearch({ model, revision }: Log, onShow: (line: number) => void): LogSearch {
  const [query, setQuery] = useState("");
  const [line, setLine] = useState<number | null>(null);
  const wanted = useDeferredValue(query);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the model is one object that grows; the revision says when
  const found = useMemo(() => model.find(wanted), [model, revision, wanted]);
  const at = line === null ? -1 : found.indexOf(line);
  return {
    query,
    found,
    at,
    setQuery(next) {
      setQuery(next);
      setLine(null);
    },
    go(way) {
      const next = found[(at + way + found.length) % found.length] ?? found[0];
      if (next === undefined) return;
      setLine(next);
      onShow(next);
    },
  };
}

/** Finds in all lines of all steps, with the true count: here in what has been read, on the server in what has not. */
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useEffect, useMemo, useState } from "react";
import { findQuery } from "./find-in-log";
import type { LogModel } from "./log-model";
import type { Rows } from "./log-rows";

const PAUSE_MS = 120;

export interface LinePlace {
  n: number;
  line: number;
}

export interface Find {
  query: string;
  setQuery(query: string): void;
  /** How many lines hold it. */
  count: number;
  /** They are being looked for. */
  pending: boolean;
  /** The match that one stands on: a step and a line. Null before the first. */
  current: LinePlace | null;
  /** Its number from 1; 0 before the first. */
  at: number;
  go(way: 1 | -1): void;
  /** Somebody is about to search: what there is to look through is made ready while nothing else is to do. */
  prepare(): void;
}

export function useFind(build: string, rows: Rows, revision: number, onShow: (place: LinePlace) => void): Find {
  const [query, setQuery] = useState("");
  const [current, setCurrent] = useState<LinePlace | null>(null);
  const wanted = useDeferredValue(query);
  const apart = rows.sections.filter(({ model, step }) => !isWhole(model) && step.log_size > 0);
  const asked = useSettled(wanted);
  const answer = useQuery({ ...findQuery(build, asked), enabled: asked !== "" && apart.length > 0 });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the models grow in place; the revision says when
  const found = useMemo(() => {
    const there = new Map(asked === wanted ? answer.data?.steps.map((step) => [step.n, step]) : []);
    return rows.sections.map(({ step, model }) => {
      if (!wanted) return { n: step.n, count: 0, lines: [] };
      if (!isWhole(model)) return there.get(step.n) ?? { n: step.n, count: 0, lines: [] };
      const lines = model.find(wanted);
      return { n: step.n, count: lines.length, lines };
    });
  }, [rows, revision, wanted, asked, answer.data]);
  const places = useMemo(() => found.flatMap(({ n, lines }) => lines.map((line) => ({ n, line }))), [found]);
  const at = current ? places.findIndex((place) => place.n === current.n && place.line === current.line) : -1;
  return {
    query,
    count: found.reduce((sum, one) => sum + one.count, 0),
    pending: apart.length > 0 && wanted !== "" && (asked !== wanted || answer.isFetching),
    current,
    at: at + 1,
    setQuery(next) {
      setQuery(next);
      setCurrent(null);
    },
    go(way) {
      const start = at === -1 && way === -1 ? 0 : at;
      const next = places[(start + way + places.length) % places.length];
      if (!next) return;
      setCurrent(next);
      onShow(next);
    },
    prepare: () => prepareAll(rows.sections.flatMap(({ model }) => (isWhole(model) ? [model] : []))),
  };
}

/** So many ms at a time: what one types is shown at once all the same. */
const SLICE_MS = 6;

function prepareAll(models: readonly LogModel[]): void {
  const until = performance.now() + SLICE_MS;
  if (!models.every((model) => model.prepare(() => performance.now() < until))) setTimeout(() => prepareAll(models));
}

/** Whether every line of the log so far is in memory. */
const isWhole = (model: LogModel | undefined): model is LogModel => model?.known === true && !model.dropped;

/** What has not changed for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

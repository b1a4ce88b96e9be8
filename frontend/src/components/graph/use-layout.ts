/** The layout of a graph, worked out once for each topology in a Web Worker. */
import { useEffect, useMemo, useState } from "react";
import { type Layout, layoutGraph, type Topology, topologyKey } from "./layout";

const KEPT = 20;
const PATIENCE_MS = 1500;
const cache = new Map<string, Layout>();
let worker: Worker | null = null;
let asked = 0;

/** Null while it is being worked out; a change of state leaves the topology, and so every card, where it is. */
export function useLayout(topology: Topology): Layout | null {
  const key = useMemo(() => topologyKey(topology), [topology]);
  const [layout, setLayout] = useState<{ key: string; layout: Layout } | null>(() => kept(key));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the topology; a new array with the same content must not start the work again
  useEffect(() => {
    const known = kept(key);
    if (known) return setLayout(known);
    let wanted = true;
    void workOut(topology).then((made) => {
      keep(key, made);
      if (wanted) setLayout({ key, layout: made });
    });
    return () => {
      wanted = false;
    };
  }, [key]);
  return layout?.key === key ? layout.layout : null;
}

function kept(key: string): { key: string; layout: Layout } | null {
  const layout = cache.get(key);
  return layout ? { key, layout } : null;
}

function keep(key: string, layout: Layout): void {
  cache.set(key, layout);
  const oldest = cache.keys().next().value;
  if (cache.size > KEPT && oldest !== undefined) cache.delete(oldest);
}

/** The worker's answer, or our own where there is no worker or it does not answer: a late picture is worse than a busy moment. */
function workOut(topology: Topology): Promise<Layout> {
  const mine = startWorker();
  if (!mine) return Promise.resolve(layoutGraph(topology));
  asked += 1;
  const id = asked;
  return new Promise((resolve) => {
    const listening = new AbortController();
    const settle = (layout: Layout) => {
      clearTimeout(late);
      listening.abort();
      resolve(layout);
    };
    const ourselves = () => settle(layoutGraph(topology));
    const late = setTimeout(ourselves, PATIENCE_MS);
    const answered = (event: MessageEvent<{ id: number; layout: Layout }>) => {
      if (event.data.id === id) settle(event.data.layout);
    };
    mine.addEventListener("message", answered, listening);
    mine.addEventListener("error", ourselves, listening);
    mine.postMessage({ id, topology });
  });
}

function startWorker(): Worker | null {
  if (typeof Worker === "undefined") return null;
  worker ??= new Worker(new URL("./layout.worker.ts", import.meta.url), { type: "module" });
  return worker;
}

// Started with the page's code, so that it is ready when the graph's data has arrived.
startWorker();

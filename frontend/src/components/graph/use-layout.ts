/** The layout of a graph, worked out once for each topology in a Web Worker. */
import { useEffect, useMemo, useState } from "react";
import { type Layout, layoutGraph, type Topology, topologyKey } from "./layout";

const KEPT = 20;
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

function workOut(topology: Topology): Promise<Layout> {
  if (typeof Worker === "undefined") return Promise.resolve(layoutGraph(topology));
  worker ??= new Worker(new URL("./layout.worker.ts", import.meta.url), { type: "module" });
  const mine = worker;
  asked += 1;
  const id = asked;
  return new Promise((resolve) => {
    const failed = () => resolve(layoutGraph(topology));
    mine.addEventListener("error", failed, { once: true });
    const answered = (event: MessageEvent<{ id: number; layout: Layout }>) => {
      if (event.data.id !== id) return;
      mine.removeEventListener("message", answered);
      mine.removeEventListener("error", failed);
      resolve(event.data.layout);
    };
    mine.addEventListener("message", answered);
    mine.postMessage({ id, topology });
  });
}

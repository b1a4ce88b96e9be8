/** Runs the layout off the main thread. In: {id, topology}; out: {id, layout}. */
import { layoutGraph, type Topology } from "./layout";

self.onmessage = (event: MessageEvent<{ id: number; topology: Topology }>) => {
  self.postMessage({ id: event.data.id, layout: layoutGraph(event.data.topology) });
};

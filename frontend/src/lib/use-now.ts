/** The time, ticking once a second for all that show it, and only while the page is looked at. */
import { useSyncExternalStore } from "react";

const watchers = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function tick(): void {
  if (document.hidden) return;
  now = Date.now();
  for (const changed of watchers) changed();
}

function watch(changed: () => void): () => void {
  watchers.add(changed);
  if (watchers.size === 1) {
    now = Date.now();
    timer = setInterval(tick, 1000);
    document.addEventListener("visibilitychange", tick);
  }
  return () => {
    watchers.delete(changed);
    if (watchers.size) return;
    clearInterval(timer);
    document.removeEventListener("visibilitychange", tick);
  };
}

const never = () => () => {};

/** Milliseconds since the epoch; stands still when `running` is false. */
export function useNow(running = true): number {
  return useSyncExternalStore(running ? watch : never, () => now);
}

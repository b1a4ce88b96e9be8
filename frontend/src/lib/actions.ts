/** What can be done on the page that is open: pages say it, the command palette lists it. */
import { useEffect, useRef, useSyncExternalStore } from "react";

export interface Action {
  /** Unique among those of one moment, fit for an element's id. */
  id: string;
  text: string;
  /** The shortcut that does the same, as it is written: `y`, `g t`. */
  keys?: string;
  run(): void;
}

let current: readonly { actions: { current: readonly Action[] } }[] = [];
const watchers = new Set<() => void>();

function change(next: typeof current): void {
  current = next;
  for (const changed of watchers) changed();
}

/** Offers these as long as the caller is mounted. */
export function useActions(actions: readonly Action[]): void {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    const entry = { actions: latest };
    change([...current, entry]);
    return () => change(current.filter((one) => one !== entry));
  }, []);
}

function watch(changed: () => void): () => void {
  watchers.add(changed);
  return () => watchers.delete(changed);
}

/** Everything that is offered now, what the page said last first. */
export function useOffered(): readonly Action[] {
  const entries = useSyncExternalStore(watch, () => current);
  return [...entries].reverse().flatMap(({ actions }) => actions.current);
}

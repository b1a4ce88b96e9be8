/** Whether the session has ended under somebody's hands. The page then stays as it is, and a dialog asks them to sign in again. */
import { useSyncExternalStore } from "react";

const watchers = new Set<() => void>();
let ended = false;

function set(now: boolean): void {
  if (now === ended) return;
  ended = now;
  for (const changed of watchers) changed();
}

export const noteSessionEnded = (): void => set(true);
export const noteSignedIn = (): void => set(false);

function watch(changed: () => void): () => void {
  watchers.add(changed);
  return () => watchers.delete(changed);
}

export const useSessionEnded = (): boolean => useSyncExternalStore(watch, () => ended);

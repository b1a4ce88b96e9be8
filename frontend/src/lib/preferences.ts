/**
 * How one likes the page. The account keeps it for every browser (features/account/preference-sync.ts); this browser keeps a copy, so that the
 * next page starts as the last one looked. The theme is Mantine's to hold; it stands here only on its way to and from the account.
 */
import { useSyncExternalStore } from "react";
import type { PageSettings } from "./api/types";
import { recall, remember } from "./remembered";
import { setKeysOff } from "./use-keys";

export type Preferences = Omit<PageSettings, "theme">;

const KEY = "dominoci-preferences";
const DEFAULTS: Preferences = { density: "comfortable", times: "relative", keys: "on", wheel: "pan" };
const watchers = new Set<() => void>();
let current: Preferences = recalled();
show();

export const preferences = (): Preferences => current;

/** Takes effect at once, everywhere on the page. */
export function prefer(choice: Partial<Preferences>): void {
  const { density, times, keys, wheel } = { ...current, ...choice };
  const next = { density, times, keys, wheel };
  if (JSON.stringify(next) === JSON.stringify(current)) return;
  current = next;
  remember(KEY, JSON.stringify(next));
  setKeysOff(keys === "off");
  show();
  for (const changed of watchers) changed();
}

export const usePreferences = (): Preferences => useSyncExternalStore(watch, preferences);

function watch(changed: () => void): () => void {
  watchers.add(changed);
  return () => watchers.delete(changed);
}

/** Style sheets read the density; what is comfortable needs no mark. */
function show(): void {
  if (current.density === "compact") document.documentElement.dataset.density = "compact";
  else delete document.documentElement.dataset.density;
}

/** Storage holds text that anybody may have changed: an unknown word is the default. */
function recalled(): Preferences {
  try {
    const stored = JSON.parse(recall(KEY) ?? "{}") as Partial<Record<string, unknown>>;
    const one = <T extends string>(name: string, words: readonly [T, ...T[]]): T =>
      words.find((word) => word === stored[name]) ?? words[0];
    return {
      density: one("density", ["comfortable", "compact"]),
      times: one("times", ["relative", "local", "utc"]),
      keys: one("keys", ["on", "off"]),
      wheel: one("wheel", ["pan", "zoom"]),
    };
  } catch {
    return DEFAULTS;
  }
}

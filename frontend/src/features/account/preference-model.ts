import type { PageSettings } from "@/lib/api/types";

/** What of `here` is not what is `stored`; null when all of it is. */
export function differing(here: PageSettings, stored: PageSettings): Partial<PageSettings> | null {
  const names = Object.keys(stored) as (keyof PageSettings)[];
  const changed = names.filter((name) => here[name] !== stored[name]).map((name) => [name, here[name]]);
  return changed.length ? Object.fromEntries(changed) : null;
}

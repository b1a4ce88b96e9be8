/** A list that does not move by itself: what is new waits until it is asked for, what is shown changes in place. */
import { useState } from "react";

export function useHeldBack<T extends { id: string }>(items: readonly T[], most: number) {
  const [shown, setShown] = useState<readonly string[] | null>(null);
  const known = shown ?? items.slice(0, most).map((item) => item.id);
  // the first items are shown at once, and so is the list that began empty
  if (shown === null && items.length > 0) setShown(known);
  const newest = known[0];
  const fresh = newest ? items.filter((item) => item.id > newest && !known.includes(item.id)) : [];
  return {
    shown: items.filter((item) => known.includes(item.id)),
    waiting: fresh.length,
    show: () => setShown(items.slice(0, most).map((item) => item.id)),
  };
}

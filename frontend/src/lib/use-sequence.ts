/** `g` and then a letter. The second key is caught before any page sees it. */
import { useEffect, useRef } from "react";
import { isShortcut } from "./use-keys";

const SOON_MS = 1500;

export function useSequence(first: string, seconds: Record<string, () => void>): void {
  const latest = useRef(seconds);
  latest.current = seconds;
  useEffect(() => {
    let armedAt = Number.NEGATIVE_INFINITY;
    const pressed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || !isShortcut(event)) return;
      const act = event.timeStamp - armedAt < SOON_MS ? latest.current[event.key] : undefined;
      armedAt = !act && event.key === first ? event.timeStamp : Number.NEGATIVE_INFINITY;
      if (!act) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      act();
    };
    window.addEventListener("keydown", pressed, { capture: true });
    return () => window.removeEventListener("keydown", pressed, { capture: true });
  }, [first]);
}

/** Which rows of a long list are mounted. Every row has the same height, so that nothing has to be measured. */
import { type RefObject, useCallback, useEffect, useState } from "react";

/** Up to so many rows, all are mounted: the browser's own search then finds them. */
export const ALL_UP_TO = 100;
const MORE = 12;

export interface Window {
  first: number;
  /** The first row that is not mounted any more. */
  end: number;
  /** Pixels of what is not mounted above and below. */
  above: number;
  below: number;
  /** Brings a row into view, below a heading of so many pixels. */
  reveal(index: number): void;
}

export function useWindow(scroller: RefObject<HTMLElement | null>, count: number, height: number, head = 0): Window {
  const [seen, setSeen] = useState({ top: 0, size: 800 });
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const look = () => {
      const top = Math.floor(element.scrollTop / height / 4) * 4 * height;
      const size = element.clientHeight || 800;
      setSeen((before) => (before.top === top && before.size === size ? before : { top, size }));
    };
    const resized = new ResizeObserver(look);
    resized.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    look();
    return () => {
      resized.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, [scroller, height]);
  const all = count <= ALL_UP_TO;
  const first = all ? 0 : Math.max(0, Math.min(count, Math.floor(seen.top / height)) - MORE);
  const end = all ? count : Math.min(count, Math.ceil((seen.top + seen.size) / height) + 4 + MORE);
  const reveal = useCallback(
    (index: number) => {
      const element = scroller.current;
      if (!element || index < 0) return;
      const top = index * height;
      if (top < element.scrollTop) element.scrollTop = top;
      else if (top + height + head > element.scrollTop + element.clientHeight)
        element.scrollTop = top + height + head - element.clientHeight;
    },
    [scroller, height, head],
  );
  return { first, end, above: first * height, below: (count - end) * height, reveal };
}

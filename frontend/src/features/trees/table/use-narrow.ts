import { type RefObject, useEffect, useState } from "react";

/** Below this many pixels a row of the table has two lines (as `tree-table.module.css` says). */
const NARROW = 600;

/** Whether the table has little room: on a small screen, or beside the drawer. */
export function useNarrow(box: RefObject<HTMLElement | null>): boolean {
  const [narrow, setNarrow] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => setNarrow(element.clientWidth > 0 && element.clientWidth <= NARROW);
    const resized = new ResizeObserver(look);
    resized.observe(element);
    look();
    return () => resized.disconnect();
  }, [box]);
  return narrow;
}

/** Which cards are mounted: those in or near the view, and the one with the focus wherever it is. Of cards that are far away, or too
 * many, only the latter: the others are drawn on the canvas. */
import { useStore } from "@xyflow/react";
import { useRef } from "react";
import { FAR } from "./card-paint";
import { cardsInView } from "./landing";
import type { Layout } from "./layout";

/** Moving by less than this many screen pixels cannot bring an unmounted card into view, since a quarter of a screen more is mounted. */
const STEP = 160;

const NONE: readonly string[] = [];
/** More elements than these make every pan slow. */
const MOST_MOUNTED = 250;

export function useVisibleCards(layout: Layout, always: string | null): { ids: readonly string[]; crowded: boolean } {
  const last = useRef<{ layout: Layout; key: string; ids: string[] } | null>(null);
  const mounted = useRef<{ key: string; from: readonly string[]; ids: readonly string[] } | null>(null);
  const cell = useStore((s) => {
    const [x, y, zoom] = s.transform;
    return [
      Math.round(x / STEP),
      Math.round(y / STEP),
      (Math.floor(zoom * 100) / 100).toFixed(2),
      s.width,
      s.height,
    ].join(" ");
  });
  const [x, y, zoom, width, height] = cell.split(" ").map(Number) as [number, number, number, number, number];
  if (last.current?.key !== cell || last.current.layout !== layout)
    last.current = {
      layout,
      key: cell,
      ids: cardsInView(
        layout,
        { width: width + STEP, height: height + STEP },
        { x: x * STEP, y: y * STEP, zoom: Math.max(zoom, 0.02) },
      ),
    };
  const found = last.current.ids;
  const crowded = found.length > MOST_MOUNTED;
  const ids = crowded || zoom < FAR ? NONE : found;
  const added = always !== null && layout.cards[always] && !ids.includes(always);
  const key = `${cell} ${crowded} ${added ? always : ""}`;
  if (mounted.current?.key !== key || mounted.current.from !== found)
    mounted.current = { key, from: found, ids: added ? [...ids, always] : ids };
  return { ids: mounted.current.ids, crowded };
}

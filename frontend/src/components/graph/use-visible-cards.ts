/** Which cards are mounted: those in or near the view, and the one with the focus wherever it is. */
import { useStore } from "@xyflow/react";
import { useRef } from "react";
import { cardsInView } from "./landing";
import type { Layout } from "./layout";

/** Moving by less than this many screen pixels cannot bring an unmounted card into view, since half a screen more is mounted. */
const STEP = 160;

export function useVisibleCards(layout: Layout, always: string | null): readonly string[] {
  const last = useRef<{ layout: Layout; key: string; ids: string[] } | null>(null);
  const cell = useStore((s) => {
    const [x, y, zoom] = s.transform;
    return [Math.round(x / STEP), Math.round(y / STEP), zoom.toFixed(2), s.width, s.height].join(" ");
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
  const { ids } = last.current;
  return always !== null && layout.cards[always] && !ids.includes(always) ? [...ids, always] : ids;
}

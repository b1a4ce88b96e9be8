/** Dragging over the tracks chooses a range of time. */
import { type PointerEvent, useRef, useState } from "react";
import type { Range } from "./timeline-model";

/** Fewer pixels are a click. */
const LEAST = 6;

export function useDragRange(range: Range, choose: (next: Range) => void) {
  const [dragged, setDragged] = useState<Range | null>(null);
  const latest = useRef<Range | null>(null);
  const start = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0 || event.pointerType === "touch") return;
    event.preventDefault();
    const box = event.currentTarget.getBoundingClientRect();
    const moment = (x: number) =>
      range.from + Math.min(1, Math.max(0, (x - box.left) / box.width)) * (range.to - range.from);
    const began = event.clientX;
    const listening = new AbortController();
    const moved = ({ clientX }: { clientX: number }) => {
      const [a, b] = [moment(began), moment(clientX)];
      latest.current = Math.abs(clientX - began) < LEAST ? null : { from: Math.min(a, b), to: Math.max(a, b) };
      setDragged(latest.current);
    };
    const ended = () => {
      listening.abort();
      if (latest.current) choose(latest.current);
      latest.current = null;
      setDragged(null);
    };
    addEventListener("pointermove", moved, listening);
    addEventListener("pointerup", ended, listening);
    addEventListener(
      "pointercancel",
      () => {
        latest.current = null;
        ended();
      },
      listening,
    );
  };
  return { dragged, start };
}

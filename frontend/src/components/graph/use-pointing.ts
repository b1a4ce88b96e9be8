/** Which card is pointed at, be it an element or, far away, a part of the canvas. The handlers stay the same ones: new ones would have
 * React Flow render every card again. While the view moves nothing is pointed at: each step would light another path. */
import { useReactFlow } from "@xyflow/react";
import { type MouseEvent, type RefObject, useEffect, useMemo, useRef, useState } from "react";
import { cardAt, FAR } from "./card-paint";
import type { Layout } from "./layout";

interface Wiring {
  layout: Layout;
  frame: RefObject<HTMLElement | null>;
  /** Cards are on the canvas, however near they are. */
  crowded: boolean;
  onPan: (() => void) | undefined;
  centre(id: string): void;
}

/** Pointer and view have rested for so long before a card counts as pointed at: passing over many would light as many paths. */
const REST_MS = 80;

export function usePointing(wiring: Wiring) {
  const [hovered, setHovered] = useState<string | null>(null);
  const flow = useReactFlow();
  const latest = useRef(wiring);
  latest.current = wiring;
  const resting = useRef<{ id: string; timer: ReturnType<typeof setTimeout> } | null>(null);
  useEffect(() => () => clearTimeout(resting.current?.timer), []);
  const handlers = useMemo(() => {
    const point = (id: string | null) => {
      if (id !== null && resting.current?.id === id) return;
      clearTimeout(resting.current?.timer);
      resting.current = id === null ? null : { id, timer: setTimeout(() => setHovered(id), REST_MS) };
      if (id === null) setHovered(null);
    };
    const far = ({ clientX, clientY }: Pick<MouseEvent, "clientX" | "clientY">) => {
      const { frame, layout, crowded } = latest.current;
      const view = flow.getViewport();
      const box = frame.current?.getBoundingClientRect();
      if (!box || (!crowded && view.zoom >= FAR)) return null;
      return cardAt(layout, view, clientX - box.left, clientY - box.top);
    };
    return {
      onNodeMouseEnter: (_: unknown, node: { id: string }) => point(node.id),
      // who was on the card when the view came to rest
      onNodeMouseMove: (_: unknown, node: { id: string }) => point(node.id),
      onNodeMouseLeave: () => point(null),
      onMoveStart: (event: unknown) => {
        point(null);
        if (event) latest.current.onPan?.();
      },
      onMove: () => point(null),
      onPaneMouseMove: (event: MouseEvent) => point(far(event)),
      onPaneMouseLeave: () => point(null),
      onPaneClick: (event: MouseEvent) => {
        const id = far(event);
        if (id) latest.current.centre(id);
      },
    };
  }, [flow]);
  return { hovered, handlers };
}

/** Which card is pointed at, be it an element or, far away, a part of the canvas. The handlers stay the same ones: new ones would have
 * React Flow render every card again. */
import { useReactFlow } from "@xyflow/react";
import { type MouseEvent, type RefObject, useMemo, useRef, useState } from "react";
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

export function usePointing(wiring: Wiring) {
  const [hovered, setHovered] = useState<string | null>(null);
  const flow = useReactFlow();
  const latest = useRef(wiring);
  latest.current = wiring;
  const handlers = useMemo(() => {
    const far = ({ clientX, clientY }: Pick<MouseEvent, "clientX" | "clientY">) => {
      const { frame, layout, crowded } = latest.current;
      const view = flow.getViewport();
      const box = frame.current?.getBoundingClientRect();
      if (!box || (!crowded && view.zoom >= FAR)) return null;
      return cardAt(layout, view, clientX - box.left, clientY - box.top);
    };
    return {
      onNodeMouseEnter: (_: unknown, node: { id: string }) => setHovered(node.id),
      onNodeMouseLeave: () => setHovered(null),
      onMoveStart: (event: unknown) => {
        setHovered(null);
        if (event) latest.current.onPan?.();
      },
      onPaneMouseMove: (event: MouseEvent) => setHovered(far(event)),
      onPaneMouseLeave: () => setHovered(null),
      onPaneClick: (event: MouseEvent) => {
        const id = far(event);
        if (id) latest.current.centre(id);
      },
    };
  }, [flow]);
  return { hovered, handlers };
}

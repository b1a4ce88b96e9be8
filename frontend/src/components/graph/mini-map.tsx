/** The whole graph, small, with a frame around what is in view. For the eye and the mouse; keys have their own ways. */
import { useReactFlow, useStoreApi } from "@xyflow/react";
import { type PointerEvent, useEffect, useRef } from "react";
import type { PaintedCard } from "./card-paint";
import { type Ink, readInk } from "./edge-style";
import classes from "./graph-view.module.css";
import { CARD, type Layout } from "./layout";

const MOST = { width: 180, height: 120 };

export function MiniMap({ layout, cards }: { layout: Layout; cards: readonly PaintedCard[] }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const flow = useReactFlow();
  const store = useStoreApi();
  const scale = Math.min(MOST.width / Math.max(1, layout.width), MOST.height / Math.max(1, layout.height), 0.2);
  const size = {
    width: Math.max(40, Math.ceil(layout.width * scale)),
    height: Math.max(16, Math.ceil(layout.height * scale)),
  };
  useEffect(() => {
    const element = canvas.current;
    const ctx = element?.getContext("2d");
    if (!element || !ctx) return;
    let frame = 0;
    let ink = readInk(element);
    const draw = () => {
      frame = 0;
      const { width, height, transform } = store.getState();
      const [x, y, zoom] = transform;
      const hidden =
        -x / zoom <= 0 && -y / zoom <= 0 && (width - x) / zoom >= layout.width && (height - y) / zoom >= layout.height;
      element.hidden = hidden || width < 560;
      if (element.hidden) return;
      paint(ctx, layout, cards, ink, scale);
      ctx.strokeStyle = ink.accent;
      ctx.lineWidth = 2;
      ctx.strokeRect((-x / zoom) * scale, (-y / zoom) * scale, (width / zoom) * scale, (height / zoom) * scale);
    };
    const ask = () => {
      frame ||= requestAnimationFrame(draw);
    };
    const recolour = new MutationObserver(() => {
      ink = readInk(element);
      ask();
    });
    recolour.observe(document.documentElement, { attributeFilter: ["data-mantine-color-scheme"] });
    const end = store.subscribe((now, then) => {
      if (now.transform !== then.transform || now.width !== then.width || now.height !== then.height) ask();
    });
    ask();
    return () => {
      end();
      recolour.disconnect();
      cancelAnimationFrame(frame);
    };
  }, [store, layout, cards, scale]);
  const go = (event: PointerEvent<HTMLCanvasElement>) => {
    if (event.type === "pointermove" && !event.buttons) return;
    const box = event.currentTarget.getBoundingClientRect();
    const [x, y] = [(event.clientX - box.left) / scale, (event.clientY - box.top) / scale];
    void flow.setCenter(x, y, { zoom: flow.getZoom() });
  };
  return (
    <div aria-hidden="true">
      <canvas
        ref={canvas}
        className={classes.map}
        {...size}
        data-minimap=""
        hidden
        onPointerDown={go}
        onPointerMove={go}
      />
    </div>
  );
}

function paint(
  ctx: CanvasRenderingContext2D,
  layout: Layout,
  cards: readonly PaintedCard[],
  ink: Ink,
  scale: number,
): void {
  ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height);
  for (const { id, state } of cards) {
    const at = layout.cards[id];
    if (!at) continue;
    ctx.fillStyle = state ? ink.states[state].colour : ink.line;
    ctx.fillRect(at.x * scale, at.y * scale, Math.max(2, CARD.width * scale), Math.max(1.5, CARD.height * scale));
  }
}

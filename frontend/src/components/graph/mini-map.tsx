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
  const frame = useRef<HTMLElement>(null);
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
    const draw = () => paint(ctx, layout, cards, readInk(element), scale);
    draw();
    const recolour = new MutationObserver(draw);
    recolour.observe(document.documentElement, { attributeFilter: ["data-mantine-color-scheme"] });
    return () => recolour.disconnect();
  }, [layout, cards, scale]);
  useEffect(() => {
    let asked = 0;
    const place = () => {
      asked = 0;
      const { width, height, transform } = store.getState();
      const box = frame.current;
      if (!box?.parentElement) return;
      const seen = seenOf(transform, width, height);
      box.parentElement.hidden = width < 560 || isWhole(seen, layout);
      box.style.transform = `translate(${seen.x * scale}px, ${seen.y * scale}px)`;
      box.style.width = `${seen.width * scale}px`;
      box.style.height = `${seen.height * scale}px`;
    };
    const end = store.subscribe((now, then) => {
      if (now.transform !== then.transform || now.width !== then.width || now.height !== then.height)
        asked ||= requestAnimationFrame(place);
    });
    place();
    return () => {
      end();
      cancelAnimationFrame(asked);
    };
  }, [store, layout, scale]);
  const go = (event: PointerEvent<HTMLCanvasElement>) => {
    if (event.type === "pointermove" && !event.buttons) return;
    const box = event.currentTarget.getBoundingClientRect();
    const [x, y] = [(event.clientX - box.left) / scale, (event.clientY - box.top) / scale];
    void flow.setCenter(x, y, { zoom: flow.getZoom() });
  };
  return (
    <div aria-hidden="true" className={classes.map} data-minimap="" hidden>
      <canvas ref={canvas} {...size} onPointerDown={go} onPointerMove={go} />
      <i ref={frame} />
    </div>
  );
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What is in view, in the graph's own pixels. */
const seenOf = ([x, y, zoom]: readonly [number, number, number], width: number, height: number): Box => ({
  x: -x / zoom,
  y: -y / zoom,
  width: width / zoom,
  height: height / zoom,
});

const isWhole = ({ x, y, width, height }: Box, layout: Layout): boolean =>
  x <= 0 && y <= 0 && x + width >= layout.width && y + height >= layout.height;

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

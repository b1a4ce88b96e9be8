/** The whole graph, small, with a frame around what is in view. For the eye and the mouse; keys have their own ways. */
import { useReactFlow, useStoreApi } from "@xyflow/react";
import { type PointerEvent, useEffect, useRef } from "react";
import type { PaintedCard } from "./card-paint";
import { type Ink, readInk } from "./edge-style";
import classes from "./graph-view.module.css";
import { CARD, type Layout } from "./layout";

const MOST = { width: 180, height: 120 };
/** Of the map from the corner, with its border: as the style sheet has it. */
const CORNER = { right: 12, bottom: 28, border: 2 };

interface Props {
  layout: Layout;
  cards: readonly PaintedCard[];
  /** The card with the focus, which the map gives way to. */
  focused: string | null;
}

export function MiniMap({ layout, cards, focused }: Props) {
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
  const { width: mapWidth, height: mapHeight } = size;
  useEffect(() => {
    let asked = 0;
    const place = () => {
      asked = 0;
      const { width, height, transform } = store.getState();
      const box = frame.current;
      if (!box?.parentElement) return;
      const seen = seenOf(transform, width, height);
      const room = { right: width - CORNER.right, bottom: height - CORNER.bottom };
      const map = { x: room.right - mapWidth - CORNER.border, y: room.bottom - mapHeight - CORNER.border, ...room };
      const covers = focused !== null && isUnder(layout.cards[focused], transform, map);
      box.parentElement.hidden = width < 560 || isWhole(seen, layout) || covers;
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
  }, [store, layout, scale, focused, mapWidth, mapHeight]);
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
const seenOf = ([x, y, zoom]: Moved, width: number, height: number): Box => ({
  x: -x / zoom,
  y: -y / zoom,
  width: width / zoom,
  height: height / zoom,
});

/** React Flow's: x, y, zoom. */
type Moved = readonly [number, number, number];

interface Edges {
  x: number;
  y: number;
  right: number;
  bottom: number;
}

/** Whether a card, where it is on the screen, lies below the map. */
const isUnder = (at: { x: number; y: number } | undefined, [x, y, zoom]: Moved, map: Edges): boolean =>
  at !== undefined &&
  (at.x + CARD.width) * zoom + x > map.x &&
  at.x * zoom + x < map.right &&
  (at.y + CARD.height) * zoom + y > map.y &&
  at.y * zoom + y < map.bottom;

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

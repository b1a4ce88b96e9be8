/** Keeps the canvas of edges, and of cards that are far away, in step with the viewport, the picture and the colour scheme, without a React render per frame. */
import { useStoreApi } from "@xyflow/react";
import { type RefObject, useEffect, useRef } from "react";
import { FAR, type PaintedCard, paintCards } from "./card-paint";
import { type Picture, paintEdges, type View } from "./edge-paint";
import { type Ink, readInk } from "./edge-style";

export interface Drawn extends Picture {
  cards: readonly PaintedCard[];
  selected: string | null;
  /** Too many cards are in view for elements, however near they are. */
  crowded: boolean;
}

/** Pixels around what is in view that are drawn too: a pan moves the canvas, and draws only when it leaves these. */
const AROUND = 256;

interface Painted {
  of: Drawn;
  ink: Ink;
  /** Of the element, and of the view that was drawn. */
  width: number;
  height: number;
  ratio: number;
  view: View;
}

/** Whether what is on the canvas can be moved to where it is wanted. */
const isEnough = (now: Painted, then: Painted | null): then is Painted =>
  then !== null &&
  now.of === then.of &&
  now.ink === then.ink &&
  now.width === then.width &&
  now.height === then.height &&
  now.ratio === then.ratio &&
  now.view.zoom === then.view.zoom &&
  Math.abs(now.view.x - then.view.x) <= AROUND &&
  Math.abs(now.view.y - then.view.y) <= AROUND;

export function useEdgeCanvas(canvas: RefObject<HTMLCanvasElement | null>, picture: Drawn | null): void {
  const store = useStoreApi();
  const latest = useRef(picture);
  latest.current = picture;
  const ask = useRef(() => {});
  useEffect(() => {
    const element = canvas.current;
    const ctx = element?.getContext("2d");
    if (!element || !ctx) return;
    let frame = 0;
    let ink = readInk(element);
    let painted: Painted | null = null;
    const draw = () => {
      frame = 0;
      const { width, height, transform } = store.getState();
      if (!latest.current) return;
      const view = { x: transform[0], y: transform[1], zoom: transform[2] };
      const wanted = { of: latest.current, ink, width, height, ratio: window.devicePixelRatio || 1, view };
      if (!isEnough(wanted, painted)) {
        painted = wanted;
        paint(ctx, wanted);
      }
      const { x, y } = painted.view;
      element.style.transform = `translate(${view.x - x - AROUND}px, ${view.y - y - AROUND}px)`;
    };
    ask.current = () => {
      frame ||= requestAnimationFrame(draw);
    };
    const recolour = new MutationObserver(() => {
      ink = readInk(element);
      ask.current();
    });
    recolour.observe(document.documentElement, { attributeFilter: ["data-mantine-color-scheme"] });
    const end = store.subscribe((now, then) => {
      if (now.transform !== then.transform || now.width !== then.width || now.height !== then.height) ask.current();
    });
    ask.current();
    return () => {
      end();
      recolour.disconnect();
      cancelAnimationFrame(frame);
    };
  }, [canvas, store]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new picture must be drawn though the effect only reads it by reference
  useEffect(() => ask.current(), [picture]);
}

function paint(ctx: CanvasRenderingContext2D, { of, ink, width, height, ratio, view }: Painted): void {
  resize(ctx.canvas, width + 2 * AROUND, height + 2 * AROUND, ratio);
  const shifted = { x: view.x + AROUND, y: view.y + AROUND, zoom: view.zoom };
  paintEdges(ctx, of, shifted, ink, ratio);
  if (of.crowded || view.zoom < FAR) paintCards(ctx, of.cards, of, shifted, ink, ratio);
}

function resize(canvas: HTMLCanvasElement, width: number, height: number, ratio: number): void {
  const across = Math.round(width * ratio);
  const down = Math.round(height * ratio);
  if (canvas.width === across && canvas.height === down) return;
  canvas.width = across;
  canvas.height = down;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
}

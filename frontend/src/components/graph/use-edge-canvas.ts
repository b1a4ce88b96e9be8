/** Keeps the canvas of edges, and of cards that are far away, in step with the viewport, the picture and the colour scheme, without a React render per frame. */
import { useStoreApi } from "@xyflow/react";
import { type RefObject, useEffect, useRef } from "react";
import { FAR, type PaintedCard, paintCards } from "./card-paint";
import { type Picture, paintEdges } from "./edge-paint";
import { type Ink, readInk } from "./edge-style";

export interface Drawn extends Picture {
  cards: readonly PaintedCard[];
  selected: string | null;
  /** Too many cards are in view for elements, however near they are. */
  crowded: boolean;
}

/** Around what is kept of the whole picture, and how many pixels that may have. */
const MARGIN = 24;
const MOST_PIXELS = 6_000_000;

interface Kept {
  canvas: HTMLCanvasElement;
  of: Drawn;
  ink: Ink;
  zoom: number;
  ratio: number;
}

/** All of the picture as seen from far away, drawn once for each zoom: a pan then only moves it. Null where it would be too large. */
function wholePicture(before: Kept | null, of: Drawn, zoom: number, ink: Ink, ratio: number): Kept | null {
  if (before && before.of === of && before.ink === ink && before.zoom === zoom && before.ratio === ratio) return before;
  const width = Math.ceil((of.layout.width * zoom + 2 * MARGIN) * ratio);
  const height = Math.ceil((of.layout.height * zoom + 2 * MARGIN) * ratio);
  if (width * height > MOST_PIXELS) return null;
  const canvas = before?.canvas ?? document.createElement("canvas");
  const ctx = canvas.getContext("2d");
  if (!ctx) return null;
  canvas.width = width;
  canvas.height = height;
  const view = { x: MARGIN, y: MARGIN, zoom };
  paintEdges(ctx, of, view, ink, ratio);
  paintCards(ctx, of.cards, of, view, ink, ratio);
  return { canvas, of, ink, zoom, ratio };
}

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
    let whole: Kept | null = null;
    const draw = () => {
      frame = 0;
      const { width, height, transform } = store.getState();
      const ratio = window.devicePixelRatio || 1;
      resize(element, width, height, ratio);
      const view = { x: transform[0], y: transform[1], zoom: transform[2] };
      if (!latest.current) return;
      whole = view.zoom < FAR ? wholePicture(whole, latest.current, view.zoom, ink, ratio) : null;
      if (whole) {
        ctx.setTransform(1, 0, 0, 1, 0, 0);
        ctx.clearRect(0, 0, element.width, element.height);
        ctx.drawImage(whole.canvas, (view.x - MARGIN) * ratio, (view.y - MARGIN) * ratio);
        return;
      }
      paintEdges(ctx, latest.current, view, ink, ratio);
      if (latest.current.crowded || view.zoom < FAR)
        paintCards(ctx, latest.current.cards, latest.current, view, ink, ratio);
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

function resize(canvas: HTMLCanvasElement, width: number, height: number, ratio: number): void {
  const across = Math.round(width * ratio);
  const down = Math.round(height * ratio);
  if (canvas.width !== across) canvas.width = across;
  if (canvas.height !== down) canvas.height = down;
}

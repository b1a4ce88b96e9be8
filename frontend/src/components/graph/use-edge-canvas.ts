/** Keeps the canvas of edges in step with the viewport, the picture and the colour scheme, without a React render per frame. */
import { useStoreApi } from "@xyflow/react";
import { type RefObject, useEffect, useRef } from "react";
import { type Picture, paintEdges } from "./edge-paint";
import { readInk } from "./edge-style";

export function useEdgeCanvas(canvas: RefObject<HTMLCanvasElement | null>, picture: Picture | null): void {
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
    const draw = () => {
      frame = 0;
      const { width, height, transform } = store.getState();
      const ratio = window.devicePixelRatio || 1;
      resize(element, width, height, ratio);
      if (latest.current)
        paintEdges(ctx, latest.current, { x: transform[0], y: transform[1], zoom: transform[2] }, ink, ratio);
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

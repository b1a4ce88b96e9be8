/** The icons of the states on a canvas: the shapes of `state-icon.tsx`, for cards that are too many or too small for elements. */
import type { State } from "@/lib/states";

interface Shape {
  fill?: string;
  stroke?: string;
  dash?: number[];
  /** In the colour of the surface, on top. */
  cut?: string;
}

const RING = "M14 8A6 6 0 1 1 2 8 6 6 0 1 1 14 8Z";

const SHAPES: Record<State, Shape> = {
  waiting: { stroke: RING, dash: [2, 2.7] },
  queued: { stroke: `${RING}M8 4.8V8l2.2 1.6` },
  triggered: { stroke: "M1.5 8 14.5 2 11 14 7.6 9.4Z" },
  running: { stroke: "M8 2a6 6 0 1 1-6 6", fill: "M10.2 8A2.2 2.2 0 1 1 5.8 8 2.2 2.2 0 1 1 10.2 8Z" },
  success: { fill: "M15 8A7 7 0 1 1 1 8 7 7 0 1 1 15 8Z", cut: "m4.6 8.3 2.3 2.3 4.6-5" },
  failed: { fill: "M5 1h6l4 4v6l-4 4H5l-4-4V5Z", cut: "m5.4 5.4 5.2 5.2m0-5.2-5.2 5.2" },
  cancelled: { stroke: "M2.25 2.25h11.5v11.5H2.25Z", fill: "M5 5h6v6H5Z" },
  skipped: { stroke: `${RING}M3.8 12.2 12.2 3.8` },
  timed_out: { fill: "M8 .8 15.2 8 8 15.2.8 8Z", cut: "M8 4.4v4.4M8 10.4V12" },
  undeliverable: { stroke: "M8 1.2 15.4 14.4H.6ZM6.3 8.4l3.4 3.4m0-3.4-3.4 3.4" },
};

const paths = new Map<string, Path2D>();

function pathOf(text: string): Path2D {
  const known = paths.get(text) ?? new Path2D(text);
  paths.set(text, known);
  return known;
}

/** Draws the icon with its upper left corner at the origin, on a grid of 16. */
export function paintIcon(ctx: CanvasRenderingContext2D, state: State, colour: string, surface: string): void {
  const { fill, stroke, dash, cut } = SHAPES[state];
  ctx.lineWidth = 2;
  ctx.fillStyle = ctx.strokeStyle = colour;
  if (fill) ctx.fill(pathOf(fill));
  if (stroke) {
    ctx.setLineDash(dash ?? []);
    ctx.stroke(pathOf(stroke));
    ctx.setLineDash([]);
  }
  if (!cut) return;
  ctx.strokeStyle = surface;
  ctx.stroke(pathOf(cut));
}

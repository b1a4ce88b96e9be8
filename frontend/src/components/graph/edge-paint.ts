/** Draws all edges on one canvas: a thousand of them as DOM elements would make every pan slow. */

import { DASH, type GraphLine, type Ink } from "./edge-style";
import { CARD, edgeKey, type Layout, type Point } from "./layout";

export interface View {
  x: number;
  y: number;
  zoom: number;
}

export interface Picture {
  layout: Layout;
  lines: readonly GraphLine[];
  /** Cards whose paths are shown in full ink; null when nothing is hovered. */
  lit: ReadonlySet<string> | null;
}

const ARROWS_FROM = 0.75;
const MARKS_FROM = 0.4;

/** Clears the canvas (its size in device pixels) and draws the edges that touch what is in view. */
export function paintEdges(ctx: CanvasRenderingContext2D, picture: Picture, view: View, ink: Ink, ratio: number): void {
  const { canvas } = ctx;
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.clearRect(0, 0, canvas.width, canvas.height);
  ctx.setTransform(ratio * view.zoom, 0, 0, ratio * view.zoom, ratio * view.x, ratio * view.y);
  const seen = visibleBox(canvas, view, ratio);
  const bright = (line: GraphLine) => Boolean(picture.lit?.has(line.from) && picture.lit.has(line.to));
  const above = (line: GraphLine) => Number(bright(line)) + 2 * Number(line.critical ?? false);
  const routes = routesOf(picture);
  if (view.zoom < MARKS_FROM) {
    paintFar(ctx, routes, seen, ink, picture.lit ? bright : null);
    return;
  }
  const ordered =
    picture.lit || picture.lines.some((line) => line.critical)
      ? [...routes].sort((a, b) => above(a.line) - above(b.line))
      : routes;
  for (const { line, points, box } of ordered)
    if (meet(box, seen)) paintEdge(ctx, line, points, view, ink, !picture.lit || bright(line), bright(line));
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

interface Route {
  line: GraphLine;
  points: Point[];
  box: Box;
}

const known = new WeakMap<readonly GraphLine[], { layout: Layout; routes: Route[] }>();

/** Where each line runs; worked out once for a picture, since a pan draws it many times. */
function routesOf({ layout, lines }: Picture): Route[] {
  const before = known.get(lines);
  if (before?.layout === layout) return before.routes;
  const routes = lines.flatMap((line) => {
    const points = pointsOf(line, layout);
    return points ? [{ line, points, box: boxOf(points) }] : [];
  });
  known.set(lines, { layout, routes });
  return routes;
}

function boxOf(points: Point[]): Box {
  const xs = points.map((p) => p.x);
  const ys = points.map((p) => p.y);
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys) - 20, bottom: Math.max(...ys) + 20 };
}

const meet = (a: Box, b: Box): boolean =>
  a.right >= b.left && a.left <= b.right && a.bottom >= b.top && a.top <= b.bottom;

/** From far away all lines of one colour are one path of straight pieces: neither curves nor dashes could be seen. */
function paintFar(
  ctx: CanvasRenderingContext2D,
  routes: readonly Route[],
  seen: Box,
  ink: Ink,
  bright: ((line: GraphLine) => boolean) | null,
): void {
  const blocked = (line: GraphLine) => line.style === "blocked";
  const plain = (line: GraphLine) => !line.critical && !bright?.(line);
  const faint = bright ? 0.25 : 1;
  const inks: [string, number, number, (line: GraphLine) => boolean][] = [
    [ink.edge, faint, 1.5, (line) => plain(line) && !blocked(line)],
    [ink.failed, faint, 1.5, (line) => plain(line) && blocked(line)],
    [ink.lit, faint, 4, (line) => line.critical === true && !bright?.(line)],
    [ink.lit, 1, 4, (line) => Boolean(bright?.(line)) && !blocked(line)],
    [ink.failed, 1, 4, (line) => Boolean(bright?.(line)) && blocked(line)],
  ];
  for (const [colour, alpha, width, drawn] of inks) {
    ctx.globalAlpha = alpha;
    ctx.beginPath();
    for (const { line, points, box } of routes) {
      if (!drawn(line) || !meet(box, seen)) continue;
      const [first, ...rest] = points as [Point, ...Point[]];
      ctx.moveTo(first.x, first.y);
      for (const point of rest) ctx.lineTo(point.x, point.y);
    }
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.stroke();
  }
  ctx.globalAlpha = 1;
}

function visibleBox(canvas: HTMLCanvasElement, view: View, ratio: number): Box {
  const left = -view.x / view.zoom;
  const top = -view.y / view.zoom;
  return { left, top, right: left + canvas.width / ratio / view.zoom, bottom: top + canvas.height / ratio / view.zoom };
}

export function pointsOf(line: GraphLine, layout: Layout): Point[] | null {
  const from = layout.cards[line.from];
  const to = layout.cards[line.to];
  if (!from || !to) return null;
  const middle = CARD.height / 2;
  const bends = layout.bends[edgeKey(line.from, line.to)] ?? [];
  return [{ x: from.x + CARD.width, y: from.y + middle }, ...bends, { x: to.x - 1, y: to.y + middle }];
}

function paintEdge(
  ctx: CanvasRenderingContext2D,
  line: GraphLine,
  points: Point[],
  view: View,
  ink: Ink,
  full: boolean,
  lit: boolean,
): void {
  const colour = line.style === "blocked" ? ink.failed : lit || line.critical ? ink.lit : ink.edge;
  ctx.globalAlpha = full ? 1 : 0.25;
  ctx.strokeStyle = colour;
  ctx.lineWidth = widthOf(line, lit, view.zoom);
  ctx.lineCap = line.style === "filtered" ? "round" : "butt";
  ctx.setLineDash(DASH[line.style].map((pixels) => pixels / view.zoom));
  ctx.beginPath();
  trace(ctx, points);
  ctx.stroke();
  ctx.setLineDash([]);
  if (view.zoom >= ARROWS_FROM && line.style !== "filtered") arrow(ctx, points.at(-1) as Point, colour);
  if (view.zoom >= MARKS_FROM) mark(ctx, line, middleOf(points), ink, colour);
  ctx.globalAlpha = 1;
}

/** A dashed line has one pixel of the screen: only that is dashed cheaply. */
function widthOf(line: GraphLine, lit: boolean, zoom: number): number {
  if (line.critical) return 3;
  if (lit) return 2.5;
  return DASH[line.style].length ? 1 / zoom : 1.5;
}

function trace(ctx: CanvasRenderingContext2D, points: Point[]): void {
  const [first, ...rest] = points as [Point, ...Point[]];
  ctx.moveTo(first.x, first.y);
  let at = first;
  for (const next of rest) {
    const reach = Math.max(16, (next.x - at.x) / 2);
    if (at.y === next.y) ctx.lineTo(next.x, next.y);
    else ctx.bezierCurveTo(at.x + reach, at.y, next.x - reach, next.y, next.x, next.y);
    at = next;
  }
}

function arrow(ctx: CanvasRenderingContext2D, tip: Point, colour: string): void {
  ctx.fillStyle = colour;
  ctx.beginPath();
  ctx.moveTo(tip.x, tip.y);
  ctx.lineTo(tip.x - 7, tip.y - 4);
  ctx.lineTo(tip.x - 7, tip.y + 4);
  ctx.fill();
}

/** The middle of the last leg; a bezier with level ends passes the mean of its ends there. */
export function middleOf(points: Point[]): Point {
  const a = points.at(-2) as Point;
  const b = points.at(-1) as Point;
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

function mark(ctx: CanvasRenderingContext2D, line: GraphLine, at: Point, ink: Ink, colour: string): void {
  if (line.style === "filtered") sign(ctx, at, ink, ink.muted, true);
  else if (line.style === "blocked") sign(ctx, at, ink, colour, false);
  else if (line.each) word(ctx, at, ink, line.times ? `×${line.times}` : "each");
}

/** ⊘ for what a filter held back, ✕ for what a failure blocked. */
function sign(ctx: CanvasRenderingContext2D, at: Point, ink: Ink, colour: string, slashed: boolean): void {
  ctx.fillStyle = ink.surface;
  ctx.beginPath();
  ctx.arc(at.x, at.y, 9, 0, 2 * Math.PI);
  ctx.fill();
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.8;
  ctx.beginPath();
  if (slashed) {
    ctx.arc(at.x, at.y, 5.5, 0, 2 * Math.PI);
    ctx.moveTo(at.x - 3.6, at.y + 3.6);
    ctx.lineTo(at.x + 3.6, at.y - 3.6);
  } else {
    for (const way of [1, -1]) {
      ctx.moveTo(at.x - 4, at.y - 4 * way);
      ctx.lineTo(at.x + 4, at.y + 4 * way);
    }
  }
  ctx.stroke();
}

function word(ctx: CanvasRenderingContext2D, at: Point, ink: Ink, text: string): void {
  ctx.font = "11px system-ui, sans-serif";
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillStyle = ink.surface;
  ctx.fillRect(at.x - 16, at.y - 8, 32, 16);
  ctx.fillStyle = ink.muted;
  ctx.fillText(text, at.x, at.y);
}

/** Where a graph opens and how it moves: legible at once, and never further than needed. */

import type { View } from "./edge-paint";
import { CARD, type Layout } from "./layout";

export interface Size {
  width: number;
  height: number;
}

const MARGIN = 32;
const LEGIBLE = 0.6;
const READING = 0.8;
const LARGEST_FIT = 1;

/** The zoom at which all of it is in view, at most 1. */
export function fitZoom(layout: Layout, size: Size): number {
  const across = (size.width - 2 * MARGIN) / Math.max(layout.width, 1);
  const down = (size.height - 2 * MARGIN) / Math.max(layout.height, 1);
  return Math.max(0.02, Math.min(LARGEST_FIT, across, down));
}

export function fitView(layout: Layout, size: Size): View {
  const zoom = fitZoom(layout, size);
  return { zoom, x: (size.width - layout.width * zoom) / 2, y: (size.height - layout.height * zoom) / 2 };
}

export function centredOn(id: string, layout: Layout, size: Size, zoom: number): View {
  const at = layout.cards[id] ?? { x: 0, y: 0 };
  return {
    zoom,
    x: size.width / 2 - (at.x + CARD.width / 2) * zoom,
    y: size.height / 2 - (at.y + CARD.height / 2) * zoom,
  };
}

/** All of it when that stays legible, else at reading size around the card that matters most. */
export function landingView(layout: Layout, size: Size, matters: string | undefined): View {
  if (fitZoom(layout, size) >= LEGIBLE || matters === undefined) return fitView(layout, size);
  return keepInside(centredOn(matters, layout, size, READING), layout, size);
}

/** Does not show empty canvas on one side while cards are cut off at the other. */
function keepInside(view: View, layout: Layout, size: Size): View {
  return {
    zoom: view.zoom,
    x: clampAxis(view.x, size.width, layout.width * view.zoom),
    y: clampAxis(view.y, size.height, layout.height * view.zoom),
  };
}

function clampAxis(offset: number, room: number, extent: number): number {
  if (extent + 2 * MARGIN <= room) return (room - extent) / 2;
  return Math.min(MARGIN, Math.max(room - extent - MARGIN, offset));
}

/** The least move that brings the card into view; the same view when it is there already. */
export function revealed(id: string, layout: Layout, size: Size, view: View): View {
  const at = layout.cards[id];
  if (!at) return view;
  const x = shift(at.x * view.zoom + view.x, CARD.width * view.zoom, size.width);
  const y = shift(at.y * view.zoom + view.y, CARD.height * view.zoom, size.height);
  return x || y ? { zoom: view.zoom, x: view.x + x, y: view.y + y } : view;
}

function shift(start: number, extent: number, room: number): number {
  if (start < MARGIN) return MARGIN - start;
  const over = start + extent + MARGIN - room;
  return over > 0 ? -Math.min(over, start - MARGIN) : 0;
}

/** Of a screen, on each side. */
const AROUND = 0.25;

/** The cards that touch the view, with a margin of a quarter of a screen so that a pan does not show holes. */
export function cardsInView(layout: Layout, size: Size, view: View): string[] {
  const left = (-view.x - size.width * AROUND) / view.zoom;
  const top = (-view.y - size.height * AROUND) / view.zoom;
  const right = left + ((1 + 2 * AROUND) * size.width) / view.zoom;
  const bottom = top + ((1 + 2 * AROUND) * size.height) / view.zoom;
  return Object.entries(layout.cards)
    .filter(([, at]) => at.x + CARD.width >= left && at.x <= right && at.y + CARD.height >= top && at.y <= bottom)
    .map(([id]) => id);
}

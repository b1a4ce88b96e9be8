/** Draws cards on the canvas, where they are too many or too small to be elements: tint, state bar, icon, and how many a group holds. */
import type { State } from "@/lib/states";
import type { View } from "./edge-paint";
import type { Ink } from "./edge-style";
import { paintIcon } from "./icon-paint";
import { CARD, type Layout } from "./layout";

export interface PaintedCard {
  id: string;
  state: State | null;
  title: string;
  /** How many cards it stands for. */
  count?: number;
  critical?: boolean;
}

/** Below this zoom the cards are on the canvas. */
export const FAR = 0.4;
const ICON_PX = 10;
/** Narrower cards have no room for a name. */
const NAMED_FROM = 70;

export function paintCards(
  ctx: CanvasRenderingContext2D,
  cards: readonly PaintedCard[],
  { layout, lit, selected }: { layout: Layout; lit: ReadonlySet<string> | null; selected: string | null },
  view: View,
  ink: Ink,
  ratio: number,
): void {
  const { canvas } = ctx;
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  const width = CARD.width * view.zoom;
  const height = CARD.height * view.zoom;
  const [right, bottom] = [canvas.width / ratio, canvas.height / ratio];
  for (const card of cards) {
    const at = layout.cards[card.id];
    if (!at) continue;
    const x = at.x * view.zoom + view.x;
    const y = at.y * view.zoom + view.y;
    if (x > right || y > bottom || x + width < 0 || y + height < 0) continue;
    ctx.globalAlpha = lit && !lit.has(card.id) ? 0.25 : 1;
    paintCard(ctx, card, { x, y, width, height }, ink, card.id === selected);
  }
  ctx.globalAlpha = 1;
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

function paintCard(ctx: CanvasRenderingContext2D, card: PaintedCard, box: Box, ink: Ink, selected: boolean): void {
  const { x, y, width, height } = box;
  const colour = card.state ? ink.states[card.state].colour : ink.line;
  const small = height < ICON_PX + 2;
  ctx.fillStyle = card.state ? (small ? colour : ink.states[card.state].tint) : ink.card;
  ctx.fillRect(x, y, width, height);
  ctx.fillStyle = colour;
  ctx.fillRect(x, y, Math.max(2, 4 * (width / CARD.width)), height);
  ctx.strokeStyle = selected ? ink.accent : card.critical ? ink.lit : ink.line;
  ctx.lineWidth = selected || card.critical ? 2 : 1;
  if (!small || selected || card.critical) ctx.strokeRect(x, y, width, height);
  if (!small) paintFace(ctx, card, box, ink);
}

function paintFace(ctx: CanvasRenderingContext2D, card: PaintedCard, box: Box, ink: Ink): void {
  const { x, y, width, height } = box;
  const size = Math.max(ICON_PX, (16 * width) / CARD.width);
  if (card.state) {
    ctx.save();
    ctx.translate(x + 5, y + (height - size) / 2);
    ctx.scale(size / 16, size / 16);
    paintIcon(ctx, card.state, ink.states[card.state].colour, ink.card);
    ctx.restore();
  }
  ctx.fillStyle = ink.lit;
  ctx.font = "12px system-ui, sans-serif";
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  const text = card.count ? String(card.count) : width > NAMED_FROM ? card.title : "";
  if (text) ctx.fillText(clipped(ctx, text, width - size - 12), x + size + 9, y + height / 2 + 0.5);
}

/** The text as far as it fits. */
function clipped(ctx: CanvasRenderingContext2D, text: string, room: number): string {
  if (ctx.measureText(text).width <= room) return text;
  const shown = text.slice(0, Math.max(0, Math.floor(room / 6.5) - 1));
  return shown ? `${shown}…` : "";
}

/** The card at a place of the canvas, in screen pixels. */
export function cardAt(layout: Layout, view: View, x: number, y: number): string | null {
  const [across, down] = [(x - view.x) / view.zoom, (y - view.y) / view.zoom];
  for (const [id, at] of Object.entries(layout.cards))
    if (across >= at.x && across <= at.x + CARD.width && down >= at.y && down <= at.y + CARD.height) return id;
  return null;
}

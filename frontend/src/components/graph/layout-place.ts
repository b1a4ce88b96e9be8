/** Coordinates: ranks become columns, cards are drawn towards the median of their neighbours without ever overlapping. */
import { CARD, GAP, type Layout, type Point, type Slot, WRAP } from "./layout";
import { push } from "./reach";

const PASSES = 8;
const LANE_HEIGHT = 8;

const heightOf = (slot: Slot): number => (slot.lane ? LANE_HEIGHT : CARD.height);

export function placeRanks(
  ranks: Slot[][],
  links: readonly (readonly [string, string])[],
  lanes: Map<string, string[]>,
): Layout {
  const columns = ranks.map(wrapRank);
  const centre = initialCentres(columns);
  const near = bothSides(links);
  for (let pass = 0; pass < PASSES; pass += 1) {
    const order = pass % 2 === 0 ? columns : columns.toReversed();
    for (const subColumns of order) for (const column of subColumns) drawTogether(column, centre, near);
  }
  return layoutFrom(columns, centre, lanes);
}

/** One column, or several when a rank is too tall; lanes stay in the first and pass behind the others. */
function wrapRank(rank: Slot[]): Slot[][] {
  const cards = rank.filter((slot) => !slot.lane).length;
  if (cards <= WRAP) return [rank];
  const parts = Math.ceil(cards / WRAP);
  const size = Math.ceil(rank.length / parts);
  return Array.from({ length: parts }, (_, i) => rank.slice(i * size, (i + 1) * size));
}

function initialCentres(columns: Slot[][][]): Map<string, number> {
  const centre = new Map<string, number>();
  for (const column of columns.flat()) {
    let y = -columnHeight(column) / 2;
    for (const slot of column) {
      centre.set(slot.id, y + heightOf(slot) / 2);
      y += heightOf(slot) + GAP.y;
    }
  }
  return centre;
}

const columnHeight = (column: Slot[]): number =>
  column.reduce((sum, slot) => sum + heightOf(slot), 0) + GAP.y * Math.max(0, column.length - 1);

function bothSides(links: readonly (readonly [string, string])[]): Map<string, string[]> {
  const near = new Map<string, string[]>();
  for (const [from, to] of links) {
    push(near, from, to);
    push(near, to, from);
  }
  return near;
}

/** Moves a column as near to its neighbours' medians as order and gaps allow (least squares, pooling adjacent violators). */
function drawTogether(column: Slot[], centre: Map<string, number>, near: Map<string, string[]>): void {
  const offsets: number[] = [];
  let offset = 0;
  for (const [i, slot] of column.entries()) {
    const above = column[i - 1];
    if (above) offset += (heightOf(above) + heightOf(slot)) / 2 + GAP.y;
    offsets.push(offset);
  }
  const wanted = column.map((slot, i) => medianOf(slot.id, centre, near) - (offsets[i] ?? 0));
  const fitted = pool(wanted);
  for (const [i, slot] of column.entries()) centre.set(slot.id, Math.round(fitted[i] ?? 0) + (offsets[i] ?? 0));
}

function medianOf(id: string, centre: Map<string, number>, near: Map<string, string[]>): number {
  const ys = (near.get(id) ?? []).map((other) => centre.get(other) ?? 0).sort((a, b) => a - b);
  if (!ys.length) return centre.get(id) ?? 0;
  const middle = ys.length >> 1;
  return ys.length % 2 ? (ys[middle] ?? 0) : ((ys[middle - 1] ?? 0) + (ys[middle] ?? 0)) / 2;
}

/** The nearest list that never falls: neighbours out of order are replaced by their mean. */
function pool(wanted: number[]): number[] {
  const blocks: { sum: number; size: number }[] = [];
  for (const value of wanted) {
    blocks.push({ sum: value, size: 1 });
    for (;;) {
      const last = blocks.at(-1);
      const before = blocks.at(-2);
      if (!last || !before || before.sum / before.size <= last.sum / last.size) break;
      blocks.splice(-2, 2, { sum: before.sum + last.sum, size: before.size + last.size });
    }
  }
  return blocks.flatMap((block) => Array<number>(block.size).fill(block.sum / block.size));
}

function layoutFrom(columns: Slot[][][], centre: Map<string, number>, lanes: Map<string, string[]>): Layout {
  const cards: Record<string, Point> = {};
  const laneAt = new Map<string, { left: number; right: number; y: number }>();
  const all = columns.flat(2);
  const top = all.length ? Math.min(...all.map((slot) => (centre.get(slot.id) ?? 0) - heightOf(slot) / 2)) : 0;
  const bottom = all.length ? Math.max(...all.map((slot) => (centre.get(slot.id) ?? 0) + heightOf(slot) / 2)) : 0;
  let x = 0;
  for (const subColumns of columns) {
    const right = x + subColumns.length * CARD.width + (subColumns.length - 1) * GAP.x;
    for (const [i, column] of subColumns.entries())
      for (const slot of column) {
        const y = (centre.get(slot.id) ?? 0) - top;
        if (slot.lane) laneAt.set(slot.id, { left: x, right, y });
        else cards[slot.id] = { x: x + i * (CARD.width + GAP.x), y: y - CARD.height / 2 };
      }
    x = right + GAP.x;
  }
  return { width: Math.max(0, x - GAP.x), height: bottom - top, cards, bends: bendsOf(lanes, laneAt) };
}

function bendsOf(lanes: Map<string, string[]>, at: Map<string, { left: number; right: number; y: number }>) {
  const bends: Record<string, Point[]> = {};
  for (const [edge, ids] of lanes)
    bends[edge] = ids.flatMap((id) => {
      const lane = at.get(id);
      return lane
        ? [
            { x: lane.left, y: lane.y },
            { x: lane.right, y: lane.y },
          ]
        : [];
    });
  return bends;
}

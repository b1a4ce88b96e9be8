/** The order of cards within their ranks: barycentre sweeps, then the best order seen by crossings. */
import type { Slot } from "./layout";
import { push } from "./reach";

const SWEEPS = 6;
/** Above this many links counting crossings costs more than it gains: the last sweep is then taken for the best. */
const COUNT_LIMIT = 4000;

type Links = readonly (readonly [string, string])[];
type Neighbours = Map<string, string[]>;

/** Orders each rank so that few links cross; ties keep the reading order that the ranks came in. */
export function orderRanks(ranks: Slot[][], links: Links): Slot[][] {
  const before = neighbours(links, 1, 0);
  const after = neighbours(links, 0, 1);
  const cost =
    links.length > COUNT_LIMIT ? (_: Slot[][], sweep: number) => -sweep : (r: Slot[][]) => crossings(r, after);
  let current = ranks.map((rank) => [...rank]);
  let best = current;
  let fewest = cost(current, 0);
  for (let sweep = 1; sweep <= SWEEPS; sweep += 1) {
    current = sweepOnce(current, sweep % 2 === 1 ? before : after, sweep % 2 === 1);
    const count = cost(current, sweep);
    if (count >= fewest) continue;
    best = current;
    fewest = count;
  }
  return best;
}

function neighbours(links: Links, of: 0 | 1, other: 0 | 1): Neighbours {
  const found: Neighbours = new Map();
  for (const link of links) push(found, link[of], link[other]);
  return found;
}

function sweepOnce(ranks: Slot[][], towards: Neighbours, forward: boolean): Slot[][] {
  const swept = ranks.map((rank) => [...rank]);
  const order = forward ? swept.keys() : [...swept.keys()].reverse();
  const place = new Map<string, number>();
  for (const index of order) {
    const rank = swept[index] ?? [];
    const weight = new Map(rank.map((slot, i) => [slot.id, barycentre(towards.get(slot.id), place, i)]));
    rank.sort((a, b) => (weight.get(a.id) ?? 0) - (weight.get(b.id) ?? 0));
    for (const [i, slot] of rank.entries()) place.set(slot.id, i);
  }
  return swept;
}

function barycentre(ids: string[] | undefined, place: Map<string, number>, own: number): number {
  const places = (ids ?? []).map((id) => place.get(id)).filter((p): p is number => p !== undefined);
  return places.length ? places.reduce((sum, p) => sum + p, 0) / places.length : own;
}

/** How many pairs of links between neighbouring ranks cross. */
function crossings(ranks: Slot[][], after: Neighbours): number {
  let count = 0;
  for (let r = 0; r + 1 < ranks.length; r += 1) {
    const place = new Map((ranks[r + 1] ?? []).map((slot, i) => [slot.id, i]));
    const ends = (ranks[r] ?? []).flatMap((slot) =>
      (after.get(slot.id) ?? [])
        .map((id) => place.get(id))
        .filter((p): p is number => p !== undefined)
        .sort((a, b) => a - b),
    );
    count += inversions(ends);
  }
  return count;
}

/** Pairs that stand in the wrong order, counted by a merge sort. */
function inversions(list: number[]): number {
  if (list.length < 2) return 0;
  const half = list.length >> 1;
  const left = list.slice(0, half);
  const right = list.slice(half);
  let count = inversions(left) + inversions(right);
  let i = 0;
  let j = 0;
  for (let k = 0; k < list.length; k += 1) {
    const takeLeft = j >= right.length || (i < left.length && (left[i] ?? 0) <= (right[j] ?? 0));
    if (!takeLeft) count += left.length - i;
    list[k] = (takeLeft ? left[i++] : right[j++]) ?? 0;
  }
  return count;
}

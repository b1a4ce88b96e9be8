/** Where the cards of a pipeline's stages stand, by the layout of event trees drawn smaller; and the lines between them. Pure. */
import { CARD, edgeKey, GAP, type Layout, layoutGraph, type Point } from "@/components/graph/layout";
import type { Line, StagePipeline } from "./stage-model";

export const STAGE = { width: 176, height: 44 } as const;
const BETWEEN = { x: 56, y: 12 } as const;

const SCALE = {
  x: (STAGE.width + BETWEEN.x) / (CARD.width + GAP.x),
  y: (STAGE.height + BETWEEN.y) / (CARD.height + GAP.y),
};

export interface DrawnLine extends Line {
  /** An SVG path. */
  path: string;
  /** Where its label stands: of a route on failure nearer to the end, so that two of them do not cover each other. */
  label: Point;
}

export interface StageLayout extends Layout {
  lines: readonly DrawnLine[];
}

export function layoutStages({ stages, lines }: StagePipeline): StageLayout {
  // the layout reads ids as sub ids: numbers keep the stages in the order of the definition
  const idOf = new Map(stages.map((stage, i) => [stage.key, String(i + 1)]));
  const keyOf = new Map([...idOf].map(([key, id]) => [id, key]));
  const id = (key: string) => idOf.get(key) ?? "";
  // two stages may be linked by a route of each kind
  const edges = [...new Map(lines.map(({ from, to }) => [edgeKey(from, to), [id(from), id(to)] as const])).values()];
  const large = layoutGraph({ nodes: [...keyOf.keys()], edges });
  const cards = Object.fromEntries(
    Object.entries(large.cards).map(([at, point]) => [
      keyOf.get(at) ?? at,
      { x: point.x * SCALE.x, y: (point.y + CARD.height / 2) * SCALE.y - STAGE.height / 2 },
    ]),
  );
  const top = Math.min(0, ...Object.values(cards).map((card) => card.y));
  for (const card of Object.values(cards)) card.y -= top;
  const bends = (line: Line) =>
    (large.bends[edgeKey(id(line.from), id(line.to))] ?? []).map(({ x, y }) => ({
      x: x * SCALE.x,
      y: y * SCALE.y - top,
    }));
  return {
    cards,
    bends: {},
    width: Math.max(0, ...Object.values(cards).map((card) => card.x + STAGE.width)),
    height: Math.max(0, large.height * SCALE.y, ...Object.values(cards).map((card) => card.y + STAGE.height)),
    lines: lines.flatMap((line) => drawn(line, cards[line.from], cards[line.to], bends(line))),
  };
}

function drawn(line: Line, from: Point | undefined, to: Point | undefined, bends: readonly Point[]): DrawnLine[] {
  if (!from || !to) return [];
  const start = { x: from.x + STAGE.width, y: from.y + STAGE.height / 2 };
  const end = { x: to.x, y: to.y + STAGE.height / 2 };
  const points = [start, ...bends, end];
  const pieces = points.slice(1).map((point, i) => curve(points[i] as Point, point));
  const next = points[1] as Point;
  const along = line.way === "fail" ? 0.65 : 0.35;
  return [
    {
      ...line,
      path: `M${start.x} ${start.y}${pieces.join("")}`,
      label: {
        x: start.x + along * BETWEEN.x,
        y: start.y + along * along * (3 - 2 * along) * (next.y - start.y),
      },
    },
  ];
}

function curve(from: Point, to: Point): string {
  const half = (from.x + to.x) / 2;
  return from.y === to.y ? `H${to.x}` : `C${half} ${from.y} ${half} ${to.y} ${to.x} ${to.y}`;
}

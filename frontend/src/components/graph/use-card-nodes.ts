/** The nodes given to React Flow, and what their cards show. Both keep their objects where nothing changed, so that only what did renders again. */
import { useMemo, useRef } from "react";
import type { CardFlags, CardNode, GraphCardContent, ShownCard } from "./graph-card";
import { CARD, type Layout } from "./layout";

interface Shown {
  cards: readonly GraphCardContent[];
  layout: Layout;
  visible: readonly string[];
  lit: ReadonlySet<string> | null;
  selected: string | null;
  reachable: string | null;
}

export function useCardNodes({ cards, layout, visible, lit, selected, reachable }: Shown): {
  nodes: CardNode[];
  shown: ReadonlyMap<string, ShownCard>;
} {
  const known = useRef<ReadonlyMap<string, ShownCard>>(new Map());
  const byId = useMemo(() => new Map(cards.map((card) => [card.id, card])), [cards]);
  const shown = useMemo(() => {
    const found = new Map<string, ShownCard>();
    for (const id of visible) {
      const card = byId.get(id);
      if (!card) continue;
      const flags = { reachable: id === reachable, dimmed: lit !== null && !lit.has(id), selected: id === selected };
      const before = known.current.get(id);
      found.set(id, before?.card === card && isSame(before.flags, flags) ? before : { card, flags });
    }
    known.current = found;
    return found;
  }, [visible, byId, lit, selected, reachable]);
  const made = useRef<ReadonlyMap<string, CardNode>>(new Map());
  const nodes = useMemo(() => {
    const kept = new Map<string, CardNode>();
    for (const id of visible) {
      const position = layout.cards[id];
      if (!position) continue;
      const before = made.current.get(id);
      const still = before?.position.x === position.x && before.position.y === position.y;
      kept.set(id, still ? before : nodeOf(id, position));
    }
    made.current = kept;
    return [...kept.values()];
  }, [visible, layout]);
  return { nodes, shown };
}

function nodeOf(id: string, position: { x: number; y: number }): CardNode {
  const { width, height } = CARD;
  return { id, type: "card", position, width, height, measured: { width, height }, data: {} };
}

const isSame = (a: CardFlags, b: CardFlags): boolean =>
  a.reachable === b.reachable && a.dimmed === b.dimmed && a.selected === b.selected;

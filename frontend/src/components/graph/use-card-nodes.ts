/** The nodes given to React Flow. A card that did not change keeps its object, so that only what changed renders again. */
import { useMemo, useRef } from "react";
import type { CardFlags, CardNode, GraphCardContent } from "./graph-card";
import { CARD, type Layout } from "./layout";

interface Shown {
  cards: readonly GraphCardContent[];
  layout: Layout;
  visible: readonly string[];
  lit: ReadonlySet<string> | null;
  selected: string | null;
  reachable: string | null;
}

export function useCardNodes({ cards, layout, visible, lit, selected, reachable }: Shown): CardNode[] {
  const made = useRef(new Map<string, CardNode>());
  const byId = useMemo(() => new Map(cards.map((card) => [card.id, card])), [cards]);
  return useMemo(() => {
    const nodes: CardNode[] = [];
    for (const id of visible) {
      const card = byId.get(id);
      const position = layout.cards[id];
      if (!card || !position) continue;
      const flags = { reachable: id === reachable, dimmed: lit !== null && !lit.has(id), selected: id === selected };
      const before = made.current.get(id);
      const node = before && isSame(before, card, flags, position) ? before : nodeOf(card, flags, position);
      made.current.set(id, node);
      nodes.push(node);
    }
    return nodes;
  }, [visible, byId, layout, lit, selected, reachable]);
}

function nodeOf(card: GraphCardContent, flags: CardFlags, position: { x: number; y: number }): CardNode {
  const { width, height } = CARD;
  return { id: card.id, type: "card", position, width, height, measured: { width, height }, data: { card, flags } };
}

function isSame(node: CardNode, card: GraphCardContent, flags: CardFlags, position: { x: number; y: number }): boolean {
  const { data } = node;
  const sameFlags =
    data.flags.reachable === flags.reachable &&
    data.flags.dimmed === flags.dimmed &&
    data.flags.selected === flags.selected;
  return data.card === card && sameFlags && node.position.x === position.x && node.position.y === position.y;
}

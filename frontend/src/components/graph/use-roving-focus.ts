/** The graph is one Tab stop; within it the arrow keys walk along the edges. */
import { type FocusEvent, type KeyboardEvent, type RefObject, useEffect, useRef, useState } from "react";
import type { GraphCardContent } from "./graph-card";
import type { Layout } from "./layout";
import { type Neighbourhood, step } from "./reach";

interface Wiring {
  frame: RefObject<HTMLElement | null>;
  cards: readonly GraphCardContent[];
  graph: Neighbourhood;
  layout: Layout;
  selected: string | null;
  request: { id: string } | null;
  reveal(id: string): void;
}

/** After so many frames a card is not waited for any more, until something changes. */
const FRAMES = 30;

export function useRovingFocus({ frame, cards, graph, layout, selected, request, reveal }: Wiring) {
  const [current, setCurrent] = useState<string | null>(null);
  const [focused, setFocused] = useState<string | null>(null);
  const wanted = useRef<string | null>(null);
  const known = (id: string | null) => (id !== null && layout.cards[id] ? id : null);
  const reachable = known(current) ?? known(selected) ?? cards[0]?.id ?? null;

  const moveTo = (id: string) => {
    wanted.current = id;
    setCurrent(id);
    reveal(id);
  };

  // The card may not be mounted yet, and React Flow mounts it without rendering this again: the focus moves once it is there.
  useEffect(() => {
    let asked = 0;
    let left = FRAMES;
    const take = () => {
      if (wanted.current === null) return;
      const card = frame.current?.querySelector<HTMLElement>(`[data-card="${CSS.escape(wanted.current)}"]`);
      if (card) {
        wanted.current = null;
        card.focus({ preventScroll: true });
      } else if (left > 0) {
        left -= 1;
        asked = requestAnimationFrame(take);
      }
    };
    take();
    return () => cancelAnimationFrame(asked);
  });

  // the card may only come with the next layout, as when its group is being opened: the request waits for it
  const answered = useRef<{ id: string } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new request, or a layout that has its card, moves the focus
  useEffect(() => {
    if (!request || answered.current === request || !layout.cards[request.id]) return;
    answered.current = request;
    moveTo(request.id);
  }, [request, layout]);

  return {
    moveTo,
    reachable,
    focused,
    onKeyDown(event: KeyboardEvent) {
      const id = cardOf(event.target);
      const next = id && !event.ctrlKey && !event.metaKey ? step(event.key, id, graph, layout) : undefined;
      if (next === undefined) return;
      event.preventDefault();
      // who walks on by hand does not wait any more
      answered.current = request;
      moveTo(next);
    },
    onFocus(event: FocusEvent) {
      const id = cardOf(event.target);
      if (!id) return;
      setCurrent(id);
      const byKeyboard = event.target.matches(":focus-visible");
      setFocused(byKeyboard ? id : null);
      if (byKeyboard) reveal(id);
    },
    onBlur: () => setFocused(null),
  };
}

function cardOf(target: EventTarget): string | null {
  return target instanceof Element ? (target.closest("[data-card]")?.getAttribute("data-card") ?? null) : null;
}

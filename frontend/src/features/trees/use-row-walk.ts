/** The rows of a list are one Tab stop; arrows and j k walk through them, also through those that are not mounted. */
import { type FocusEvent, type KeyboardEvent, type RefObject, useEffect, useRef, useState } from "react";
import { useKeys } from "@/lib/use-keys";

interface Wiring {
  list: RefObject<HTMLElement | null>;
  ids: readonly string[];
  selected: string | null;
  /** A row to move the focus to; a new object asks again. */
  request: { id: string } | null;
  reveal(index: number): void;
}

export function useRowWalk({ list, ids, selected, request, reveal }: Wiring) {
  const [current, setCurrent] = useState<string | null>(null);
  const wanted = useRef<string | null>(null);
  const known = (id: string | null) => (id !== null && ids.includes(id) ? id : null);
  const reachable = known(current) ?? known(selected) ?? ids[0] ?? null;
  const moveTo = (id: string | undefined) => {
    if (id === undefined) return;
    wanted.current = id;
    setCurrent(id);
    reveal(ids.indexOf(id));
    take();
  };
  const take = () => {
    if (wanted.current === null) return;
    const row = list.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(wanted.current)}"]`);
    if (!row) return;
    wanted.current = null;
    row.focus({ preventScroll: true });
  };
  const by = (way: number) => moveTo(ids[(reachable === null ? -1 : ids.indexOf(reachable)) + way]);
  // the row may not have been mounted when it was asked for
  useEffect(take);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new request moves the focus
  useEffect(() => moveTo(request?.id), [request]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the event that the address names is shown once, when the list is
  useEffect(() => {
    if (selected !== null && !request) reveal(ids.indexOf(selected));
  }, []);
  useKeys({ j: () => by(1), k: () => by(-1) });
  return {
    reachable,
    onFocus(event: FocusEvent) {
      const row = event.target.closest<HTMLElement>("[data-row]")?.dataset.row;
      if (row !== undefined) setCurrent(row);
    },
    /** True when the key was one that walks. */
    onKeyDown(event: KeyboardEvent): boolean {
      const way = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
      if (way === undefined || event.ctrlKey || event.metaKey || event.altKey) return false;
      const at = reachable === null ? 0 : ids.indexOf(reachable);
      moveTo(ids[Math.max(0, Math.min(ids.length - 1, at + way))]);
      event.preventDefault();
      return true;
    },
  };
}

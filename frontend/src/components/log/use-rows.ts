/**
 * Which rows of a log are mounted. Without wrapping every height is known, so that scrolling costs arithmetic only; wrapped
 * rows are measured one by one.
 */
import { useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useCallback, useLayoutEffect, useState } from "react";
import { HEADER, indexAt, keyAt, placeAt, ROW, type Rows, topAt } from "./log-rows";

/** Rows are mounted anew only after a scroll of so many pixels. */
const STEP = 120;
const MARGIN = 160;
/** Where nothing has been measured yet. */
const SOME = 600;

export interface Mounted {
  items: readonly { index: number; start: number }[];
  height: number;
  /** The row at the upper edge. */
  first: number;
  scrollTo(index: number, where: "start" | "center"): void;
  onScroll(): void;
  /** The key of a row's element: one that leaves the view is used again for one that comes. */
  keyOf(index: number): number;
  /** For rows whose height has to be measured. */
  measure: ((element: HTMLElement | null) => void) | undefined;
}

export function useRows(rows: Rows, box: RefObject<HTMLElement | null>, wrap: boolean): Mounted {
  const fixed = useFixed(rows, box);
  const wrapped = useWrapped(rows, box, wrap);
  return wrap ? wrapped : fixed;
}

function useFixed(rows: Rows, box: RefObject<HTMLElement | null>): Mounted {
  const [view, setView] = useState({ cell: 0, height: SOME, first: 0 });
  const look = useCallback(() => {
    const element = box.current;
    if (!element) return;
    const cell = Math.floor(element.scrollTop / STEP);
    const height = element.clientHeight || SOME;
    const first = indexAt(rows, element.scrollTop);
    setView((before) => (isSame(before, { cell, height, first }, rows) ? before : { cell, height, first }));
  }, [box, rows]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: more rows may have moved the view
  useLayoutEffect(look, [look, rows.height]);
  useLayoutEffect(() => {
    if (!box.current) return;
    const watcher = new ResizeObserver(look);
    watcher.observe(box.current);
    return () => watcher.disconnect();
  }, [box, look]);

  const from = indexAt(rows, view.cell * STEP - MARGIN);
  const to = indexAt(rows, view.cell * STEP + STEP + view.height + MARGIN);
  const items = [];
  for (let index = from; index <= to && index < rows.count; index += 1)
    items.push({ index, start: topAt(rows, index) });
  const slots = Math.ceil((view.height + STEP + 2 * MARGIN) / ROW) + 2;
  return {
    items,
    keyOf: (index) => index % slots,
    height: rows.height,
    first: view.first,
    measure: undefined,
    onScroll: look,
    scrollTo(index, where) {
      const element = box.current;
      if (!element) return;
      const room = where === "center" ? Math.max(0, (element.clientHeight - ROW) / 2) : 0;
      element.scrollTop = topAt(rows, index) - room;
    },
  };
}

interface View {
  cell: number;
  height: number;
  first: number;
}

/** The first row counts by its step alone: it only names the step that one reads in. */
function isSame(a: View, b: View, rows: Rows): boolean {
  const step = (index: number) => placeAt(rows, index)?.section.step.n;
  const covered = (view: View) => placeAt(rows, view.first)?.line === null;
  return a.cell === b.cell && a.height === b.height && step(a.first) === step(b.first) && covered(a) === covered(b);
}

function useWrapped(rows: Rows, box: RefObject<HTMLElement | null>, on: boolean): Mounted {
  const keyOf = useCallback((index: number) => keyAt(rows, index), [rows]);
  const virtual = useVirtualizer({
    count: on ? rows.count : 0,
    enabled: on,
    getScrollElement: () => box.current,
    estimateSize: (index) => (placeAt(rows, index)?.line === null ? HEADER : ROW),
    overscan: 16,
    getItemKey: keyOf,
  });
  return {
    items: virtual.getVirtualItems(),
    keyOf,
    height: virtual.getTotalSize(),
    first: virtual.getVirtualItemForOffset(virtual.scrollOffset ?? 0)?.index ?? 0,
    measure: virtual.measureElement,
    onScroll() {},
    scrollTo: (index, where) => virtual.scrollToIndex(index, { align: where }),
  };
}

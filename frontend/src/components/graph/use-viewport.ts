/** Where the graph looks: the landing view, the view remembered for the session, and moves that bring a card into sight. */
import { useReactFlow, useStore } from "@xyflow/react";
import { useCallback, useEffect, useLayoutEffect, useRef } from "react";
import { recall, remember } from "@/lib/remembered";
import type { View } from "./edge-paint";
import { centredOn, fitView, landingView, revealed, type Size } from "./landing";
import type { Layout } from "./layout";

const session = () => sessionStorage;
const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

export interface Viewport {
  reveal(id: string): void;
  /** Brings a card to the middle, near enough to be read. */
  centre(id: string): void;
  fit(): void;
  zoom(factor: number): void;
}

/** A card of the picture before that stays where it is on the screen, as a card of the new one. */
export interface Pin {
  before: string;
  after: string;
  /** Whether the focus goes along. */
  focus?: boolean;
}

interface Looks {
  name: string;
  matters: string | undefined;
  selected: string | null;
  /** How a change of the layout is taken; without it the new one is landed on. */
  pin: Pin | null;
}

export function useViewport(layout: Layout, { name, matters, selected, pin }: Looks): Viewport {
  const flow = useReactFlow();
  const width = useStore((s) => s.width);
  const height = useStore((s) => s.height);
  const landed = useRef(false);
  const size = useRef<Size>({ width, height });
  size.current = { width, height };

  const go = useCallback((view: View) => void flow.setViewport(view, { duration: calm() ? 0 : 250 }), [flow]);
  const reveal = useCallback(
    (id: string) => {
      const now = flow.getViewport();
      const next = revealed(id, layout, size.current, now);
      if (next !== now) go(next);
    },
    [flow, go, layout],
  );

  useEffect(() => {
    if (landed.current || width === 0 || height === 0) return;
    landed.current = true;
    const view = savedView(name) ?? landingView(layout, { width, height }, matters);
    const near = selected && !savedView(name) ? landingView(layout, { width, height }, selected) : view;
    void flow.setViewport(selected ? revealed(selected, layout, { width, height }, near) : near);
  }, [flow, layout, width, height, name, matters, selected]);

  const last = useRef(layout);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new layout moves what is looked at
  useLayoutEffect(() => {
    const old = last.current;
    last.current = layout;
    if (old === layout || !landed.current) return;
    const from = pin ? old.cards[pin.before] : undefined;
    const to = pin ? layout.cards[pin.after] : undefined;
    const { x, y, zoom } = flow.getViewport();
    const pinned = from && to && { zoom, x: x + (from.x - to.x) * zoom, y: y + (from.y - to.y) * zoom };
    void flow.setViewport(pinned ?? landingView(layout, size.current, selected ?? matters));
  }, [layout]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: opening the drawer narrows the graph, which may hide the selected card
  useEffect(() => {
    if (landed.current && selected) reveal(selected);
  }, [selected, width]);

  return {
    reveal,
    centre: (id) => go(centredOn(id, layout, size.current, Math.max(0.8, flow.getZoom()))),
    fit: () => go(fitView(layout, size.current)),
    zoom: (factor) => void flow.zoomTo(flow.getZoom() * factor, { duration: calm() ? 0 : 120 }),
  };
}

export function saveView(name: string, view: View): void {
  remember(`view:${name}`, JSON.stringify(view), session);
}

function savedView(name: string): View | null {
  try {
    const view = JSON.parse(recall(`view:${name}`, session) ?? "null") as View | null;
    return view && [view.x, view.y, view.zoom].every(Number.isFinite) ? view : null;
  } catch {
    return null;
  }
}

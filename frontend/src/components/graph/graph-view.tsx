/** A graph to look at and walk through: React Flow holds the viewport and the cards in view, one canvas draws all edges. */
import "@xyflow/react/dist/base.css";
import { ReactFlow, ReactFlowProvider } from "@xyflow/react";
import { useCallback, useEffect, useMemo, useRef } from "react";
import { usePreferences } from "@/lib/preferences";
import { useKeys } from "@/lib/use-keys";
import type { PaintedCard } from "./card-paint";
import { EdgeHints } from "./edge-hints";
import type { GraphLine } from "./edge-style";
import { GraphCard, type GraphCardContent, ShownCards } from "./graph-card";
import classes from "./graph-view.module.css";
import { CARD, GAP, type Layout, type Topology } from "./layout";
import { MiniMap } from "./mini-map";
import { bothPaths, neighbourhood } from "./reach";
import { useCardNodes } from "./use-card-nodes";
import { useEdgeCanvas } from "./use-edge-canvas";
import { useLayout } from "./use-layout";
import { usePointing } from "./use-pointing";
import { useRovingFocus } from "./use-roving-focus";
import { type Pin, saveView, useViewport } from "./use-viewport";
import { useVisibleCards } from "./use-visible-cards";
import { ZoomButtons } from "./zoom-buttons";

const NODE_TYPES = { card: GraphCard };
/** Edges are on the canvas. */
const NO_EDGES: never[] = [];

export interface GraphViewProps {
  /** What a screen reader calls the graph. */
  label: string;
  /** Under this name the session remembers where it was looked at. */
  name: string;
  cards: readonly GraphCardContent[];
  lines: readonly GraphLine[];
  selected: string | null;
  /** Cards that a filter asks for; the others are dimmed. Null without a filter. */
  matching?: ReadonlySet<string> | null;
  /** The card to centre when the whole does not fit legibly. */
  matters?: string;
  /** A card to move the focus to; a new object asks again. */
  focus?: { id: string } | null;
  /** A card to bring into view without moving the focus; a new object asks again. */
  look?: { id: string } | null;
  /** Which card stays where it is on the screen when the picture changes. */
  pin?: Pin | null;
  /** The viewer has moved the view by hand. */
  onPan?(): void;
  /** For a graph within a longer page: the wheel scrolls the page, only Ctrl+wheel zooms. */
  quiet?: boolean;
}

export function GraphView(props: GraphViewProps) {
  const { name, cards, lines, pin } = props;
  const layout = useLayout(useTopology(cards, lines));
  // while another layout is being worked out, the picture stays what it was
  const shown = useRef<Pick<GraphViewProps, "name" | "cards" | "lines" | "pin"> & { layout: Layout }>(null);
  if (layout) shown.current = { name, cards, lines, pin, layout };
  const picture = shown.current?.name === name ? shown.current : null;
  return (
    <div className={classes.frame}>
      {picture && (
        <ReactFlowProvider>
          <Inner key={name} {...props} {...picture} />
        </ReactFlowProvider>
      )}
    </div>
  );
}

/** Keeps its identity while only states change. */
function useTopology(cards: readonly GraphCardContent[], lines: readonly GraphLine[]): Topology {
  const known = useRef<Topology>({ nodes: [], edges: [] });
  return useMemo(() => {
    const { nodes, edges } = known.current;
    const sameCards = cards.length === nodes.length && cards.every((card, i) => card.id === nodes[i]);
    const sameLines =
      lines.length === edges.length &&
      lines.every((line, i) => line.from === edges[i]?.[0] && line.to === edges[i]?.[1]);
    if (!sameCards || !sameLines)
      known.current = {
        nodes: cards.map((card) => card.id),
        edges: lines.map((line) => [line.from, line.to] as const),
      };
    return known.current;
  }, [cards, lines]);
}

function Inner(props: GraphViewProps & { layout: Layout }) {
  const { label, name, cards, lines, selected, matching = null, matters, focus, look, quiet = false, layout } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLElement>(null);
  const graph = useMemo(() => neighbourhood(lines), [lines]);
  const viewport = useViewport(layout, { name, matters, selected, pin: props.pin ?? null });
  const roving = useRovingFocus({
    frame,
    cards,
    graph,
    layout,
    selected,
    request: focus ?? null,
    reveal: viewport.reveal,
  });
  const { pin } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new picture moves the focus with what it pins
  useEffect(() => {
    if (pin?.focus && layout.cards[pin.after]) roving.moveTo(pin.after);
  }, [layout]);
  const visible = useVisibleCards(layout, roving.reachable);
  const { onPan } = props;
  const { hovered, handlers } = usePointing({
    ...{ layout, frame, onPan },
    crowded: visible.crowded,
    centre: viewport.centre,
  });
  const pointed = hovered ?? roving.focused;
  const lit = useMemo(() => (pointed ? bothPaths(pointed, graph) : matching), [pointed, graph, matching]);
  const { reachable } = roving;
  const { nodes, shown } = useCardNodes({ cards, layout, visible: visible.ids, lit, selected, reachable });
  const painted = useMemo(() => cards.map(paintedOf), [cards]);
  useEdgeCanvas(
    canvas,
    useMemo(
      () => ({ layout, lines, lit, cards: painted, selected, crowded: visible.crowded }),
      [layout, lines, lit, painted, selected, visible.crowded],
    ),
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new request moves the view
  useEffect(() => {
    if (look && layout.cards[look.id]) viewport.reveal(look.id);
  }, [look]);
  useKeys(quiet ? {} : { "0": viewport.fit, "+": () => viewport.zoom(1.25), "-": () => viewport.zoom(0.8) });
  const moved = useCallback((_: unknown, view: { x: number; y: number; zoom: number }) => saveView(name, view), [name]);
  const { wheel } = usePreferences();
  const extent = useMemo(() => extentOf(layout), [layout]);
  return (
    <section
      ref={frame}
      className={classes.stage}
      aria-label={label}
      onKeyDown={roving.onKeyDown}
      onFocus={roving.onFocus}
      onBlur={roving.onBlur}
    >
      <canvas ref={canvas} className={classes.edges} />
      <ShownCards value={shown}>
        <ReactFlow
          nodes={nodes}
          edges={NO_EDGES}
          nodeTypes={NODE_TYPES}
          minZoom={0.02}
          maxZoom={1.5}
          panOnScroll={!quiet && wheel === "pan"}
          zoomOnScroll={!quiet && wheel === "zoom"}
          zoomOnPinch
          zoomOnDoubleClick={false}
          preventScrolling={!quiet}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          elementsSelectable={false}
          disableKeyboardA11y
          deleteKeyCode={null}
          selectionKeyCode={null}
          multiSelectionKeyCode={null}
          panActivationKeyCode={null}
          zoomActivationKeyCode={quiet ? "Control" : null}
          onMoveEnd={moved}
          {...handlers}
          translateExtent={extent}
        >
          <EdgeHints layout={layout} lines={lines} pointed={pointed} />
        </ReactFlow>
      </ShownCards>
      <ZoomButtons onFit={viewport.fit} onZoom={viewport.zoom} />
      {!quiet && <MiniMap layout={layout} cards={painted} focused={roving.focused} />}
      <Tip cards={cards} far={hovered && !visible.ids.includes(hovered) ? hovered : null} focused={roving.focused} />
    </section>
  );
}

interface TipProps {
  cards: readonly GraphCardContent[];
  /** The card under the pointer, where it is on the canvas. */
  far: string | null;
  focused: string | null;
}

/** What a tooltip tells of a card that can have none: one on the canvas, or one with the focus. */
function Tip({ cards, far, focused }: TipProps) {
  const card = cards.find(({ id }) => id === (far ?? focused));
  const text = far === null ? card?.hint : card?.label;
  return text ? (
    <p className={classes.tip} aria-hidden="true">
      {text}
    </p>
  ) : null;
}

const paintedOf = ({ id, state, title, critical, group }: GraphCardContent): PaintedCard => ({
  ...{ id, state, title, critical },
  count: group?.count,
});

/** How far the view may be moved. */
const extentOf = (layout: Layout): [[number, number], [number, number]] => [
  [-layout.width - CARD.width, -layout.height - 400],
  [2 * layout.width + CARD.width + GAP.x, 2 * layout.height + 400],
];

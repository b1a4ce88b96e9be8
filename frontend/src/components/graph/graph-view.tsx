/** A graph to look at and walk through: React Flow holds the viewport and the cards in view, one canvas draws all edges. */
import "@xyflow/react/dist/base.css";
import { ReactFlow, ReactFlowProvider } from "@xyflow/react";
import { useCallback, useMemo, useRef, useState } from "react";
import { useKeys } from "@/lib/use-keys";
import { EdgeHints } from "./edge-hints";
import type { GraphLine } from "./edge-style";
import { GraphCard, type GraphCardContent } from "./graph-card";
import classes from "./graph-view.module.css";
import { CARD, GAP, type Layout, type Topology } from "./layout";
import { bothPaths, neighbourhood } from "./reach";
import { useCardNodes } from "./use-card-nodes";
import { useEdgeCanvas } from "./use-edge-canvas";
import { useLayout } from "./use-layout";
import { useRovingFocus } from "./use-roving-focus";
import { saveView, useViewport } from "./use-viewport";
import { useVisibleCards } from "./use-visible-cards";
import { ZoomButtons } from "./zoom-buttons";

const NODE_TYPES = { card: GraphCard };

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
  /** For a graph within a longer page: the wheel scrolls the page, only Ctrl+wheel zooms. */
  quiet?: boolean;
}

export function GraphView(props: GraphViewProps) {
  const { cards, lines } = props;
  const topology = useMemo<Topology>(
    () => ({ nodes: cards.map((card) => card.id), edges: lines.map((line) => [line.from, line.to] as const) }),
    [cards, lines],
  );
  const layout = useLayout(topology);
  return (
    <div className={classes.frame}>
      {layout && (
        <ReactFlowProvider>
          <Inner key={props.name} {...props} layout={layout} />
        </ReactFlowProvider>
      )}
    </div>
  );
}

function Inner(props: GraphViewProps & { layout: Layout }) {
  const { label, name, cards, lines, selected, matching = null, matters, focus, quiet = false, layout } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLElement>(null);
  const [hovered, setHovered] = useState<string | null>(null);
  const graph = useMemo(() => neighbourhood(lines), [lines]);
  const viewport = useViewport(layout, { name, matters, selected });
  const roving = useRovingFocus({
    frame,
    cards,
    graph,
    layout,
    selected,
    request: focus ?? null,
    reveal: viewport.reveal,
  });
  const pointed = hovered ?? roving.focused;
  const lit = useMemo(() => (pointed ? bothPaths(pointed, graph) : matching), [pointed, graph, matching]);
  const visible = useVisibleCards(layout, roving.reachable);
  const nodes = useCardNodes({ cards, layout, visible, lit, selected, reachable: roving.reachable });
  useEdgeCanvas(
    canvas,
    useMemo(() => ({ layout, lines, lit }), [layout, lines, lit]),
  );
  useKeys(quiet ? {} : { "0": viewport.fit, "+": () => viewport.zoom(1.25), "-": () => viewport.zoom(0.8) });
  const moved = useCallback((_: unknown, view: { x: number; y: number; zoom: number }) => saveView(name, view), [name]);
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
      <ReactFlow
        nodes={nodes}
        edges={[]}
        nodeTypes={NODE_TYPES}
        minZoom={0.02}
        maxZoom={1.5}
        panOnScroll={!quiet}
        zoomOnScroll={false}
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
        onNodeMouseEnter={(_, node) => setHovered(node.id)}
        onNodeMouseLeave={() => setHovered(null)}
        translateExtent={[
          [-layout.width - CARD.width, -layout.height - 400],
          [2 * layout.width + CARD.width + GAP.x, 2 * layout.height + 400],
        ]}
      >
        <EdgeHints layout={layout} lines={lines} pointed={pointed} />
      </ReactFlow>
      <ZoomButtons onFit={viewport.fit} onZoom={viewport.zoom} />
    </section>
  );
}

/** The frame of the drawer: beside the tree, below it or over it; as large as one has made it, here and the next time. */
import { type CSSProperties, type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from "react";
import { recall, remember } from "@/lib/remembered";
import classes from "./drawer.module.css";

export type Dock = "right" | "bottom" | "full";

const KEY = "dominoci-drawer";
const LEAST = { right: 360, bottom: 200 };
/** Of the room that the tree and the drawer have together. */
const MOST = 0.6;
/** Pixels that a key moves the edge by. */
const STEP = 24;

interface Sizes {
  dock: Dock;
  right: number;
  bottom: number;
}

interface Props {
  label: string;
  children: ReactNode;
  onClose(): void;
}

export function DrawerFrame({ label, children, onClose }: Props) {
  const frame = useRef<HTMLElement>(null);
  const [sizes, setSizes] = useState(recalled);
  const { dock } = sizes;
  const change = (next: Partial<Sizes>) => {
    const all = { ...sizes, ...next };
    setSizes(all);
    remember(KEY, JSON.stringify(all));
  };
  const edge = dock === "bottom" ? "bottom" : "right";
  const resize = (size: number) => {
    const room = frame.current?.parentElement;
    const whole = edge === "right" ? room?.clientWidth : room?.clientHeight;
    const most = Math.max(LEAST[edge], (whole || 1000) * MOST);
    change({ [edge]: Math.round(Math.min(most, Math.max(LEAST[edge], size))) });
  };
  return (
    <aside
      ref={frame}
      className={classes.drawer}
      data-dock={dock}
      aria-label={label}
      style={{ "--wide": `${sizes.right}px`, "--high": `${sizes.bottom}px` } as CSSProperties}
    >
      {dock !== "full" && <Edge edge={edge} size={sizes[edge]} frame={frame} onResize={resize} />}
      <span className={classes.corner}>
        <Docking name="Below the tree" glyph="⬓" on={dock === "bottom"} dock="bottom" onDock={change} />
        <Docking name="Over the whole page" glyph="⤢" on={dock === "full"} dock="full" onDock={change} />
        <button type="button" onClick={onClose} aria-label="Close" title="Close (Esc)">
          ×
        </button>
      </span>
      {children}
    </aside>
  );
}

interface DockingProps {
  name: string;
  glyph: string;
  on: boolean;
  dock: Dock;
  onDock(next: { dock: Dock }): void;
}

/** Pressed again, the drawer is beside the tree as at first. */
function Docking({ name, glyph, on, dock, onDock }: DockingProps) {
  return (
    <button
      type="button"
      className={classes.dock}
      aria-pressed={on}
      aria-label={name}
      title={on ? "Beside the tree again" : name}
      onClick={() => onDock({ dock: on ? "right" : dock })}
    >
      {glyph}
    </button>
  );
}

interface EdgeProps {
  edge: "right" | "bottom";
  size: number;
  frame: { current: HTMLElement | null };
  onResize(size: number): void;
}

/** The edge towards the tree, which is dragged or moved by arrow keys. */
function Edge({ edge, size, frame, onResize }: EdgeProps) {
  const upright = edge === "right";
  const drag = (event: PointerEvent<HTMLElement>) => {
    const box = frame.current?.getBoundingClientRect();
    if (!box || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    onResize(upright ? box.right - event.clientX : box.bottom - event.clientY);
  };
  const keys = (event: KeyboardEvent) => {
    const way = { [upright ? "ArrowLeft" : "ArrowUp"]: 1, [upright ? "ArrowRight" : "ArrowDown"]: -1 }[event.key];
    if (way === undefined) return;
    event.preventDefault();
    onResize(size + way * STEP);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that can be moved is no thematic break
    <div
      role="separator"
      aria-orientation={upright ? "vertical" : "horizontal"}
      aria-label={upright ? "Width of the drawer" : "Height of the drawer"}
      aria-valuenow={size}
      aria-valuemin={LEAST[edge]}
      aria-valuetext={`${size} pixels`}
      tabIndex={0}
      className={classes.edge}
      onKeyDown={keys}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={drag}
    />
  );
}

/** Storage holds text that anybody may have changed. */
function recalled(): Sizes {
  const first: Sizes = { dock: "right", right: 480, bottom: 320 };
  try {
    const kept = JSON.parse(recall(KEY) ?? "{}") as Partial<Record<keyof Sizes, unknown>>;
    const number = (name: "right" | "bottom") => {
      const size = Number(kept[name]);
      return size >= LEAST[name] ? size : first[name];
    };
    const dock = (["right", "bottom", "full"] as const).find((one) => one === kept.dock) ?? first.dock;
    return { dock, right: number("right"), bottom: number("bottom") };
  } catch {
    return first;
  }
}

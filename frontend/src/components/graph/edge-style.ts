/** What an edge looks like and why, and the colours of all that is drawn on canvases. */
import { STATES, type State } from "@/lib/states";

export type EdgeStyle = "passed" | "pending" | "filtered" | "blocked" | "plain" | "disabled";

export interface GraphLine {
  from: string;
  to: string;
  style: EdgeStyle;
  /** A child of its own for each parent, instead of one that waits for all. */
  each: boolean;
  /** How many children that makes in all. */
  times?: number;
  /** On the path that sets when the whole ends. */
  critical?: boolean;
  /** What a filter said; shown at the ⊘ of a filtered edge. */
  hint?: string;
}

export interface Ink {
  edge: string;
  failed: string;
  muted: string;
  lit: string;
  surface: string;
  card: string;
  line: string;
  accent: string;
  states: Record<State, { colour: string; tint: string }>;
}

export function readInk(element: Element): Ink {
  const style = getComputedStyle(element);
  const value = (name: string) => style.getPropertyValue(name).trim();
  return {
    edge: value("--edge"),
    failed: value("--s-failed"),
    muted: value("--muted"),
    lit: value("--text"),
    surface: value("--canvas"),
    card: value("--card"),
    line: value("--line"),
    accent: value("--accent"),
    states: Object.fromEntries(
      STATES.map((state) => [state, { colour: value(`--s-${state}`), tint: value(`--t-${state}`) }]),
    ) as Ink["states"],
  };
}

/** In pixels of the screen: dashes that shrink with the picture were ten times the work, and no one could see them. */
export const DASH: Record<EdgeStyle, number[]> = {
  passed: [],
  plain: [],
  blocked: [],
  pending: [5, 5],
  filtered: [1.5, 4],
  disabled: [1.5, 6],
};

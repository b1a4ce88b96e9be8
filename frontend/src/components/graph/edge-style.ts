/** What an edge looks like and why. */

export type EdgeStyle = "passed" | "pending" | "filtered" | "blocked" | "plain" | "disabled";

export interface GraphLine {
  from: string;
  to: string;
  style: EdgeStyle;
  /** A child of its own for each parent, instead of one that waits for all. */
  each: boolean;
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
  };
}

export const DASH: Record<EdgeStyle, number[]> = {
  passed: [],
  plain: [],
  blocked: [],
  pending: [4, 4],
  filtered: [1.5, 4],
  disabled: [1.5, 6],
};

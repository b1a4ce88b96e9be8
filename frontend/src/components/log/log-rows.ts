/**
 * The rows of a build's log: a header for each step, and behind those that are open their lines. Pure; rows are found by
 * arithmetic over the steps, so that their number does not matter.
 */
import type { Step } from "@/lib/api/types";
import type { LogModel } from "./log-model";

export const HEADER = 32;
export const ROW = 20;
/** Below the lines of a step, so that the next header does not stick to them. */
export const FOOT = 8;
/** More lines than a step can have: keys of rows are unique over all steps. */
const STRIDE = 10_000_000;

export interface Section {
  step: Step;
  open: boolean;
  model: LogModel | undefined;
  /** Index of the header's row. */
  index: number;
  /** Where the header begins, in pixels of a log without wrapping. */
  top: number;
  /** The number of the first line that is kept. */
  first: number;
  /** How many lines follow the header. */
  lines: number;
}

export interface Rows {
  sections: readonly Section[];
  count: number;
  height: number;
}

/** A row: of a step its header (line null), or one of its lines by number. */
export interface Place {
  section: Section;
  line: number | null;
}

/** Steps that have not begun, or never will, have nothing to show. */
export const hasBegun = (step: Step): boolean => step.state !== "waiting" && step.state !== "skipped";

export function rowsOf(
  steps: readonly Step[],
  open: ReadonlySet<number>,
  modelOf: (n: number) => LogModel | undefined,
): Rows {
  const sections: Section[] = [];
  let index = 0;
  let top = 0;
  for (const step of steps.filter(hasBegun)) {
    const model = modelOf(step.n);
    const isOpen = open.has(step.n);
    const lines = isOpen && model ? model.count - model.dropped : 0;
    sections.push({ step, open: isOpen, model, index, top, first: (model?.dropped ?? 0) + 1, lines });
    index += 1 + lines;
    top += HEADER + lines * ROW + (lines ? FOOT : 0);
  }
  return { sections, count: index, height: top };
}

/** The section that holds what `of` measures at `wanted`: the last one that does not begin behind it. */
function sectionAt(rows: Rows, wanted: number, of: (section: Section) => number): Section | undefined {
  let low = 0;
  let high = rows.sections.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (of(rows.sections[middle] as Section) <= wanted) low = middle;
    else high = middle - 1;
  }
  return rows.sections[low];
}

export function placeAt(rows: Rows, index: number): Place | undefined {
  const section = index < rows.count ? sectionAt(rows, index, (one) => one.index) : undefined;
  if (!section) return undefined;
  return { section, line: index === section.index ? null : section.first + index - section.index - 1 };
}

/** The row that stands at so many pixels. */
export function indexAt(rows: Rows, pixels: number): number {
  const section = sectionAt(rows, pixels, (one) => one.top);
  if (!section || pixels < section.top + HEADER) return section?.index ?? 0;
  return Math.min(section.index + 1 + Math.floor((pixels - section.top - HEADER) / ROW), section.index + section.lines);
}

export function topAt(rows: Rows, index: number): number {
  const section = sectionAt(rows, index, (one) => one.index);
  if (!section) return 0;
  return index === section.index ? section.top : section.top + HEADER + (index - section.index - 1) * ROW;
}

/** The row of a step's line (null: of its header); undefined while it is not there. */
export function indexOf(rows: Rows, n: number, line: number | null): number | undefined {
  const section = rows.sections.find((one) => one.step.n === n);
  if (!section) return undefined;
  if (line === null) return section.index;
  const offset = line - section.first;
  return offset >= 0 && offset < section.lines ? section.index + 1 + offset : undefined;
}

/** The same row has the same key, whatever is opened or comes before it. */
export function keyAt(rows: Rows, index: number): number {
  const place = placeAt(rows, index);
  return place ? place.section.step.n * STRIDE + (place.line ?? 0) : -1 - index;
}

/** How many lines are known, those of folded steps included. */
export const linesOf = (rows: Rows): number =>
  rows.sections.reduce((sum, section) => sum + (section.model?.count ?? 0), 0);

/** The highest number of a line that is shown, so that the column of numbers is wide enough. */
export const longest = (rows: Rows): number =>
  rows.sections.reduce((most, { open, model }) => (open && model ? Math.max(most, model.count) : most), 0);

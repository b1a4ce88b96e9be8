/** One line of a log: text nodes in coloured spans, never markup from the log itself. */
import { memo, type ReactNode, useState } from "react";
import { formatBytes } from "@/lib/bytes";
import { type Segment, segmentsOf } from "./ansi";
import { readable } from "./colour";
import type { Line } from "./log-model";
import classes from "./log-view.module.css";

/** A longer line is cut, with a button that shows the rest. */
const CUT = 4096;

interface Props {
  line: Line;
  query: string;
  /** The match that the search stands on. */
  current: boolean;
  dark: boolean;
}

export const LogLine = memo(function LogLine({ line, query, current, dark }: Props) {
  const [whole, setWhole] = useState(false);
  const long = line.text.length > CUT && !whole;
  const segments = segmentsOf(long ? line.text.slice(0, CUT) : line.text, line.carried);
  return (
    <>
      {highlighted(segments, query).map((piece, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a line never move
        <Piece key={i} piece={piece} current={current} dark={dark} />
      ))}
      {long && (
        <button type="button" className={classes.cut} onClick={() => setWhole(true)}>
          … show {formatBytes(line.text.length)}
        </button>
      )}
    </>
  );
});

interface PieceOf extends Segment {
  match: boolean;
}

function Piece({ piece, current, dark }: { piece: PieceOf; current: boolean; dark: boolean }): ReactNode {
  const { text, classes: look, fg, bg, href, match } = piece;
  const inner = match ? <mark data-current={current || undefined}>{text}</mark> : text;
  if (href)
    return (
      <a href={href} title={href} rel="noreferrer noopener" target="_blank">
        {inner}
      </a>
    );
  if (!look && fg === null && bg === null) return inner;
  return (
    <span className={look || undefined} style={fg !== null || bg !== null ? readable(fg, bg, dark) : undefined}>
      {inner}
    </span>
  );
}

/** Cuts the segments where a match of the query begins or ends; a match may reach over several of them. */
export function highlighted(segments: Segment[], query: string): PieceOf[] {
  const needle = query.toLowerCase();
  if (!needle) return segments.map((segment) => ({ ...segment, match: false }));
  const ranges = rangesOf(
    segments
      .map((segment) => segment.text)
      .join("")
      .toLowerCase(),
    needle,
  );
  const pieces: PieceOf[] = [];
  let start = 0;
  for (const segment of segments) {
    const end = start + segment.text.length;
    const cuts = [start, end, ...ranges.flat()].filter((cut) => cut >= start && cut <= end).sort((a, b) => a - b);
    for (const [i, cut] of cuts.entries()) {
      const next = cuts[i + 1];
      if (next === undefined || next === cut) continue;
      const match = ranges.some(([from, to]) => from <= cut && next <= to);
      pieces.push({ ...segment, text: segment.text.slice(cut - start, next - start), match });
    }
    start = end;
  }
  return pieces;
}

function rangesOf(text: string, needle: string): [number, number][] {
  const ranges: [number, number][] = [];
  for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, at + needle.length))
    ranges.push([at, at + needle.length]);
  return ranges;
}

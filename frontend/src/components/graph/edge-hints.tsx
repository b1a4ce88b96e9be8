/** What filters said, at the ⊘ of their edges: shown while one points at it, or at the card that it leads to. */
import { ViewportPortal } from "@xyflow/react";
import { useMemo } from "react";
import classes from "./edge-hints.module.css";
import { middleOf, pointsOf } from "./edge-paint";
import type { GraphLine } from "./edge-style";
import type { Layout } from "./layout";

/** More than these would be noise, and slow; the cards and the table say it still. */
const MOST = 200;

interface Props {
  layout: Layout;
  lines: readonly GraphLine[];
  /** The card under the pointer or the focus. */
  pointed: string | null;
}

export function EdgeHints({ layout, lines, pointed }: Props) {
  const hints = useMemo(() => placed(layout, lines), [layout, lines]);
  return (
    <ViewportPortal>
      {hints.map(({ line, x, y }) => (
        // It repeats what the card says of itself; to a screen reader it would only be noise.
        <span
          key={`${line.from} ${line.to}`}
          aria-hidden="true"
          className={classes.spot}
          data-shown={line.to === pointed || undefined}
          style={{ transform: `translate(${x}px, ${y}px)` }}
        >
          <span className={classes.hint}>{line.hint}</span>
        </span>
      ))}
    </ViewportPortal>
  );
}

function placed(layout: Layout, lines: readonly GraphLine[]) {
  const filtered = lines.filter((line) => line.style === "filtered" && line.hint);
  return filtered.slice(0, MOST).flatMap((line) => {
    const points = pointsOf(line, layout);
    return points ? [{ line, ...middleOf(points) }] : [];
  });
}

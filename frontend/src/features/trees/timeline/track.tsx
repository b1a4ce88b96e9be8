/** The bars of one event on its row. */
import type { PointerEvent } from "react";
import { STATE_WORD } from "@/lib/states";
import { formatDuration } from "@/lib/time";
import classes from "./timeline.module.css";
import { type Bar, type Phase, phaseSums, type Range, type Span, ticks } from "./timeline-model";

const PHASE_WORD: Record<Phase, string> = {
  waiting: "waited for its other parents",
  delivering: "on its way to the CI system",
  queued: "queued in CI",
  running: "ran",
};

interface Props {
  bar: Bar;
  range: Range;
  opened: number;
  now: number;
  onPointerDown(event: PointerEvent<HTMLElement>): void;
}

export function Track({ bar, range, opened, onPointerDown }: Props) {
  const width = range.to - range.from;
  const place = (from: number, to: number) => ({
    left: `${((Math.max(from, range.from) - range.from) / width) * 100}%`,
    width: `${((Math.min(to, range.to) - Math.max(from, range.from)) / width) * 100}%`,
  });
  const isSeen = (from: number, to: number) => to > range.from && from < range.to;
  const { ghost } = bar;
  const last = bar.spans.at(-1);
  const began = bar.spans.find((span) => span.phase !== "waiting");
  const worked = began && last ? { from: began.from, to: last.to } : null;
  return (
    <span className={classes.track} onPointerDown={onPointerDown} title={barSentence(bar) || undefined}>
      {ticks(range, opened, 8).map((tick) => (
        <i key={tick} className={classes.line} style={{ left: place(opened + tick, opened + tick).left }} />
      ))}
      {bar.spans
        .filter((span) => isSeen(span.from, span.to))
        .map((span) => (
          <i
            key={`${span.attempt} ${span.phase}`}
            className={classes.span}
            data-phase={span.phase}
            data-state={span.state}
            data-old={span.attempt < bar.row.attempt || undefined}
            style={place(span.from, span.to)}
          />
        ))}
      {worked && bar.critical && isSeen(worked.from, worked.to) && (
        <i className={classes.outline} style={place(worked.from, worked.to)} />
      )}
      {ghost && isSeen(ghost.from, ghost.p50) && (
        <i className={classes.ghost} data-testid="ghost" style={place(ghost.from, ghost.p50)} />
      )}
      {ghost?.p90 && isSeen(ghost.p50, ghost.p90) && (
        <i className={classes.whisker} data-testid="whisker" style={place(ghost.p50, ghost.p90)} />
      )}
      {last && isSeen(last.to, last.to + 1) && <Took bar={bar} left={place(last.to, last.to).left} />}
    </span>
  );
}

/** How long it ran, beside its bar. */
function Took({ bar, left }: { bar: Bar; left: string }) {
  const sum = new Map(phaseSums(bar.spans.filter((span) => span.attempt === bar.row.attempt)));
  const ran = sum.get("running");
  if (ran === undefined || bar.ghost) return null;
  return (
    <span className={classes.took} style={{ left }}>
      {formatDuration(ran)}
    </span>
  );
}

/** "attempt 1: queued in CI 12 s, ran 1m 04s, failed; attempt 2: …", and what is expected. */
export function barSentence({ spans, row, ghost }: Bar): string {
  const attempts = new Map<number, Span[]>();
  for (const span of spans) attempts.set(span.attempt, [...(attempts.get(span.attempt) ?? []), span]);
  const told = [...attempts].map(([attempt, own]) => {
    const phases = phaseSums(own).map(([phase, ms]) => `${PHASE_WORD[phase]} ${formatDuration(ms)}`);
    const ended = attempt > 0 && attempt < row.attempt ? [STATE_WORD[own[0]?.state ?? "waiting"]] : [];
    return `${attempts.size > 1 && attempt > 0 ? `attempt ${attempt}: ` : ""}${[...phases, ...ended].join(", ")}`;
  });
  if (ghost) told.push(`expected to end in ${formatDuration(ghost.p50 - ghost.from)}`);
  return told.join("; ");
}

/** The heading of a group: folds it, and shows when any of its events was busy. Gaps stay gaps. */
import { StateIcon } from "@/components/state-icon";
import { formatDuration } from "@/lib/time";
import classes from "./timeline.module.css";
import type { Heading } from "./timeline-groups";
import type { Range } from "./timeline-model";

interface Props {
  group: Heading;
  range: Range;
  onFold(heading: string): void;
}

export function GroupRow({ group, range, onFold }: Props) {
  const { heading, count, state, busy, folded } = group;
  const width = range.to - range.from;
  const seen = busy.filter(({ from, to }) => to > range.from && from < range.to);
  const sum = busy.reduce((ms, { from, to }) => ms + to - from, 0);
  const told = busy.length
    ? `busy for ${formatDuration(sum)}${busy.length > 1 ? ` in ${busy.length} stretches` : ""}`
    : "";
  return (
    <li className={`${classes.row} ${classes.group}`}>
      <span className={classes.label}>
        <button type="button" className={classes.heading} aria-expanded={!folded} onClick={() => onFold(heading)}>
          <span aria-hidden="true">{folded ? "▸" : "▾"}</span>
          {state && <StateIcon state={state} size={14} />} {heading} <span className="muted">{count}</span>
        </button>
      </span>
      <span className={classes.track} title={told || undefined}>
        <span className="sr-only">{told}</span>
        {seen.map(({ from, to }) => (
          <i
            key={from}
            className={classes.busy}
            style={{
              left: `${((Math.max(from, range.from) - range.from) / width) * 100}%`,
              width: `${((Math.min(to, range.to) - Math.max(from, range.from)) / width) * 100}%`,
            }}
          />
        ))}
      </span>
    </li>
  );
}

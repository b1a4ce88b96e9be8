/** A card that stands for many: how they stand as a bar, and by name those that failed. A button that opens it. */
import { StateIcon } from "@/components/state-icon";
import { STATE_WORD, type State } from "@/lib/states";
import classes from "./graph-card.module.css";

export interface GroupContent {
  count: number;
  /** How many of each state, worst first. */
  counts: [State, number][];
  /** The names of up to three that failed. */
  bad: string[];
  onOpen(): void;
}

export function GroupFace({ title, state, group }: { title: string; state: State | null; group: GroupContent }) {
  return (
    <>
      <span className={classes.first}>
        {state && <StateIcon state={state} />}
        <span className={classes.title}>{title}</span>
        <span className={classes.tag}>{group.count}</span>
      </span>
      <span className={classes.second}>
        <span className={classes.counts} aria-hidden="true">
          {group.counts.map(([one, n]) => (
            <i key={one} data-state={one} style={{ flexGrow: n }} title={`${n} ${STATE_WORD[one]}`} />
          ))}
        </span>
        {group.bad.length > 0 && <span className={`${classes.bad} ellipsis`}>{group.bad.join(", ")}</span>}
      </span>
    </>
  );
}

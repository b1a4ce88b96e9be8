/** A state as icon and word, tinted. */
import { STATE_WORD, type State } from "@/lib/states";
import classes from "./state-badge.module.css";
import { StateIcon } from "./state-icon";

export function StateBadge({ state, children }: { state: State; children?: React.ReactNode }) {
  return (
    <span className={classes.badge} data-state={state}>
      <StateIcon state={state} size={14} />
      <span>{children ?? STATE_WORD[state]}</span>
    </span>
  );
}

/** Icon and word without the tint, for rows of tables. */
export function StateText({ state }: { state: State }) {
  return (
    <span className={classes.text} data-state={state}>
      <StateIcon state={state} size={14} />
      <span>{STATE_WORD[state]}</span>
    </span>
  );
}

/** How many of each state, as icons with numbers; the words are there for who cannot see the icons. */
import { STATE_WORD, type State } from "@/lib/states";
import classes from "./state-counts.module.css";
import { StateIcon } from "./state-icon";

export function StateCounts({ counts, total }: { counts: [State, number][]; total?: number }) {
  return (
    <span className={classes.counts}>
      {counts.map(([state, count]) => (
        <span key={state} className={classes.one} data-state={state} title={`${count} ${STATE_WORD[state]}`}>
          <StateIcon state={state} size={12} />
          {count}
          <span className="sr-only"> {STATE_WORD[state]}</span>
        </span>
      ))}
      {total !== undefined && <span className="muted">of {total}</span>}
    </span>
  );
}

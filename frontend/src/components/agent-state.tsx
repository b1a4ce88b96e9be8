/** The state of an agent as shape, word and colour; its four states are not those of events. */
import type { Agent } from "@/lib/api/types";
import classes from "./agent-state.module.css";

const GLYPH: Record<Agent["state"], string> = { idle: "○", busy: "◔", silent: "✕", draining: "◌" };

export function AgentState({ state }: { state: Agent["state"] }) {
  return (
    <span className={classes.state} data-agent={state}>
      <span aria-hidden="true">{GLYPH[state]}</span> {state}
    </span>
  );
}

import { Link } from "react-router";
import { AgentState } from "@/components/agent-state";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import { useAgents } from "@/lib/api/calls/get-agents";
import type { Agent } from "@/lib/api/types";
import { agentKeys, useLiveLists } from "@/lib/live/use-live-lists";
import { paths } from "@/lib/paths";
import classes from "./home.module.css";

/** The agents in a few words, the troubled ones first. */
export function AgentSummary() {
  useLiveLists("agents", agentKeys);
  return (
    <Section title="Agents" padded actions={<Link to={paths.agents()}>All agents</Link>}>
      <Loaded query={useAgents()} rows={2}>
        {({ items }) =>
          items.length ? <Summary agents={items} /> : <p className="muted">No agent yet: builds wait for one.</p>
        }
      </Loaded>
    </Section>
  );
}

const WORST_FIRST: readonly Agent["state"][] = ["silent", "draining", "busy", "idle"];

function Summary({ agents }: { agents: readonly Agent[] }) {
  const sorted = [...agents].sort((a, b) => WORST_FIRST.indexOf(a.state) - WORST_FIRST.indexOf(b.state));
  const words = WORST_FIRST.map((state) => [state, agents.filter((agent) => agent.state === state).length] as const)
    .filter(([, n]) => n > 0)
    .map(([state, n]) => `${n} ${state}`)
    .reverse();
  return (
    <ul className={classes.agents}>
      <li>{words.join(" · ")}</li>
      {sorted.slice(0, 6).map((agent) => (
        <li key={agent.id} className={classes.agent}>
          <span className="ellipsis">{agent.name}</span>
          <AgentState state={agent.state} />
          {agent.builds.map(
            ({ id, project, number }) =>
              id && (
                <Link key={id} to={paths.build(id)} className="ellipsis">
                  {project} #{number}
                </Link>
              ),
          )}
        </li>
      ))}
    </ul>
  );
}

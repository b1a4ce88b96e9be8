/** How an agent stands, with what its one word leaves out: since when it is silent, and that it takes no more builds. */
import { AgentState } from "@/components/agent-state";
import { Time } from "@/components/time";
import type { Agent } from "@/lib/api/types";

export function AgentCondition({ agent }: { agent: Agent }) {
  const { state, draining, builds, last_seen_at } = agent;
  return (
    <>
      <AgentState state={state} />
      {state === "silent" && (
        <span className="muted">
          {" "}
          since <Time at={last_seen_at} />
          {draining && ", draining"}
        </span>
      )}
      {state === "draining" && (
        <span className="muted">{builds.length ? `, ${builds.length} to finish` : ", takes no builds"}</span>
      )}
    </>
  );
}

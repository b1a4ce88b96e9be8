/** Draining lets an agent end what it runs; revoking ends it for good, and names what that costs. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { useNavigate } from "react-router";
import { Removal } from "@/components/removal";
import { useActions } from "@/lib/actions";
import { asApiError } from "@/lib/api/problem";
import type { AgentDetail } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useDrainAgent } from "./api/drain-agent";
import { useRevokeAgent } from "./api/revoke-agent";

export function AgentActs({ agent }: { agent: AgentDetail }) {
  const drain = useDrainAgent(agent.id);
  const [sure, setSure] = useState(false);
  const drainText = agent.draining ? "Take builds again" : "Drain";
  useActions([
    { id: "drain", text: `${drainText}: ${agent.name}`, run: () => drain.mutate(!agent.draining) },
    { id: "revoke", text: `Revoke ${agent.name}…`, run: () => setSure(true) },
  ]);
  return (
    <>
      {drain.error && <span role="alert">{asApiError(drain.error).detail}</span>}
      <Button
        size="xs"
        variant="default"
        loading={drain.isPending}
        onClick={() => drain.mutate(!agent.draining)}
        title={agent.draining ? "It takes builds again" : "It ends what it runs and takes no more builds"}
      >
        {drainText}
      </Button>
      <Button size="xs" variant="outline" color="danger" onClick={() => setSure(true)}>
        Revoke…
      </Button>
      {sure && <RevokeDialog agent={agent} onClose={() => setSure(false)} />}
    </>
  );
}

function RevokeDialog({ agent, onClose }: { agent: AgentDetail; onClose(): void }) {
  const revoke = useRevokeAgent(agent.id);
  const navigate = useNavigate();
  const running = agent.builds.length;
  return (
    <Removal
      title={`Revoke ${agent.name}?`}
      verb={`Revoke ${agent.name}`}
      removing={revoke}
      onRemove={() => revoke.mutate(undefined, { onSuccess: () => navigate(paths.agents()) })}
      onClose={onClose}
    >
      Its credential ends at once and it is taken off the list.{" "}
      {running === 0
        ? "It runs nothing now."
        : `The ${running === 1 ? "build" : `${running} builds`} that it runs ${running === 1 ? "waits" : "wait"} for another agent and ${running === 1 ? "begins" : "begin"} anew.`}{" "}
      To come back it has to be enrolled again.
    </Removal>
  );
}

/** The command that adds an agent, with a token that works once. */
import { Button } from "@mantine/core";
import { Copyable } from "@/components/copyable";
import { Section } from "@/components/page";
import { Time } from "@/components/time";
import { useActions } from "@/lib/actions";
import { asApiError } from "@/lib/api/problem";
import { useEnrolAgent } from "./api/enrol-agent";

export function AddAgent() {
  const enrol = useEnrolAgent();
  useActions([{ id: "add-agent", text: "Add an agent", run: () => enrol.mutate() }]);
  return (
    <Section
      title="Add an agent"
      padded
      actions={
        <Button size="xs" variant="default" loading={enrol.isPending} onClick={() => enrol.mutate()}>
          {enrol.data ? "Make another token" : "Make a token"}
        </Button>
      }
    >
      {enrol.data ? (
        <>
          <Copyable label="command that adds an agent" text={command(enrol.data.token)} />
          <p className="muted" style={{ marginTop: 10 }}>
            The token registers one agent and is shown only now. It lapses <Time at={enrol.data.expires_at} />.
          </p>
        </>
      ) : (
        <p className="muted">
          A token lets one agent register. The agent then keeps its own credential in its work folder.
        </p>
      )}
      {enrol.error && <p role="alert">{asApiError(enrol.error).detail}</p>}
    </Section>
  );
}

const command = (token: string): string =>
  `DOMINOCI_URL=${location.origin} DOMINOCI_AGENT_TOKEN=${token} dominoci-agent run`;

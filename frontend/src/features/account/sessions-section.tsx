/** The browsers in which one is signed in, and the way out of each. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { ACTIONS, DataTable, optional } from "@/components/data-table";
import { Empty } from "@/components/empty";
import form from "@/components/forms.module.css";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import { ProblemNote } from "@/components/problem-note";
import { Removal } from "@/components/removal";
import classes from "@/components/table.module.css";
import { Time } from "@/components/time";
import type { OwnSession } from "@/lib/api/types";
import { useEndSessions, useSessions } from "./api/sessions";

export function SessionsSection() {
  const sessions = useSessions();
  const others = (sessions.data?.items ?? []).filter(({ current }) => !current).length;
  const [asking, setAsking] = useState(false);
  return (
    <Section
      title="Where you are signed in"
      actions={
        others > 0 && (
          <Button size="compact-sm" variant="default" onClick={() => setAsking(true)}>
            Sign out everywhere else…
          </Button>
        )
      }
    >
      <Loaded query={sessions} rows={3}>
        {({ items }) =>
          items.length ? (
            <SessionRows sessions={items} />
          ) : (
            <Empty title="No browser is signed in">You are here with a token.</Empty>
          )
        }
      </Loaded>
      {asking && <EndOthers count={others} onClose={() => setAsking(false)} />}
    </Section>
  );
}

function SessionRows({ sessions }: { sessions: readonly OwnSession[] }) {
  return (
    <DataTable
      label="Sessions"
      columns={["Browser", "Address", "Last used", optional("Signed in"), optional("Ends"), ACTIONS]}
    >
      {sessions.map((session) => (
        <SessionRow key={session.id} session={session} />
      ))}
    </DataTable>
  );
}

function SessionRow({ session }: { session: OwnSession }) {
  const end = useEndSessions();
  return (
    <tr>
      <td className={form.name}>
        {session.browser} {session.current && <span className={form.tag}>this one</span>}
        <ProblemNote error={end.error} />
      </td>
      <td className="mono">{session.address ?? <span className="muted">–</span>}</td>
      <td className={classes.nowrap}>
        <Time at={session.last_used_at} />
      </td>
      <td className={`${classes.nowrap} ${classes.optional}`}>
        <Time at={session.created_at} />
      </td>
      <td className={`${classes.nowrap} ${classes.optional}`}>
        <Time at={session.expires_at} />
      </td>
      <td className={`${classes.right} ${form.acts}`}>
        {!session.current && (
          <Button
            size="compact-xs"
            variant="subtle"
            color="danger"
            aria-label={`Sign out ${session.browser}`}
            loading={end.isPending}
            onClick={() => end.mutate(session.id)}
          >
            Sign out
          </Button>
        )}
      </td>
    </tr>
  );
}

function EndOthers({ count, onClose }: { count: number; onClose(): void }) {
  const end = useEndSessions();
  return (
    <Removal
      title="Sign out everywhere else?"
      verb="Sign out everywhere else"
      keep="Leave them"
      removing={end}
      onRemove={() => end.mutate(undefined, { onSuccess: onClose })}
      onClose={onClose}
    >
      {count === 1 ? "1 other browser is" : `${count} other browsers are`} signed out at once. What was typed there and
      not saved is lost. Tokens stay good.
    </Removal>
  );
}

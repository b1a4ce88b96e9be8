/** Links with which people make an account, once: made, shown once, listed, withdrawn. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { type InvitedTo, useInvitations, useRevokeInvitation } from "@/lib/api/calls/invitations";
import type { Invitation } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { ACTIONS, DataTable, optional } from "./data-table";
import { Empty } from "./empty";
import form from "./forms.module.css";
import { InviteDialog } from "./invite-dialog";
import { Loaded } from "./loaded";
import { Section } from "./page";
import { Removal } from "./removal";
import { itemsOf, More } from "./rows-of-pages";
import classes from "./table.module.css";
import { Time } from "./time";

export function Invitations({ to = {} }: { to?: InvitedTo }) {
  const invitations = useInvitations(to);
  const [inviting, setInviting] = useState(false);
  const place = to.owner ?? to.project;
  return (
    <Section
      title="Invitations"
      actions={
        <Button size="compact-xs" variant="light" onClick={() => setInviting(true)}>
          Invite somebody…
        </Button>
      }
    >
      <Loaded query={invitations} rows={2}>
        {(data) =>
          itemsOf(data).length ? (
            <InvitationRows invitations={itemsOf(data)} />
          ) : (
            <Empty title="Nobody is invited">
              For somebody who has no account yet: a link that makes one, once, within a week
              {place ? `, with a role in ${place}.` : "."}
            </Empty>
          )
        }
      </Loaded>
      <More query={invitations} />
      {inviting && <InviteDialog to={to} onClose={() => setInviting(false)} />}
    </Section>
  );
}

function InvitationRows({ invitations }: { invitations: readonly Invitation[] }) {
  return (
    <DataTable label="Invitations" columns={["For", optional("Invited by"), "State", ACTIONS]}>
      {invitations.map((invitation) => (
        <InvitationRow key={invitation.id} invitation={invitation} />
      ))}
    </DataTable>
  );
}

function InvitationRow({ invitation }: { invitation: Invitation }) {
  const { note, role, invited_by, created_at, state } = invitation;
  const [asking, setAsking] = useState(false);
  const open = state === "open";
  return (
    <tr className={open ? undefined : form.off}>
      <td className={form.name}>
        {note ?? <span className="muted">no note</span>}
        <span className={`${classes.under} in-text`}>
          to <Place invitation={invitation} />
          {role && ` as ${role}`}
        </span>
      </td>
      <td className={`${classes.nowrap} ${classes.optional}`}>
        {invited_by}
        <span className={classes.under}>
          <Time at={created_at} />
        </span>
      </td>
      <td className={classes.nowrap}>
        <Standing invitation={invitation} />
      </td>
      <td className={`${classes.right} ${form.acts}`}>
        {open && (
          <Button
            size="compact-xs"
            variant="subtle"
            color="danger"
            aria-label={`Revoke the invitation for ${note ?? "somebody"}…`}
            onClick={() => setAsking(true)}
          >
            Revoke…
          </Button>
        )}
        {asking && <RevokeInvitation invitation={invitation} onClose={() => setAsking(false)} />}
      </td>
    </tr>
  );
}

function Place({ invitation: { owner, project } }: { invitation: Invitation }) {
  if (owner) return <Link to={paths.owner(owner.name)}>{owner.name}</Link>;
  if (project) return <Link to={paths.project(project.name)}>{project.name}</Link>;
  return <>this site</>;
}

/** Whether it can still be used, or what became of it. */
function Standing({ invitation: { state, used_by, used_at, expires_at } }: { invitation: Invitation }) {
  if (state === "open")
    return (
      <>
        open
        <span className={classes.under}>
          until <Time at={expires_at} />
        </span>
      </>
    );
  return (
    <>
      {state === "used" ? `used by ${used_by}` : state}
      <span className={classes.under}>
        <Time at={used_at ?? expires_at} />
      </span>
    </>
  );
}

function RevokeInvitation({ invitation, onClose }: { invitation: Invitation; onClose(): void }) {
  const revoke = useRevokeInvitation();
  return (
    <Removal
      title={`Revoke the invitation for ${invitation.note ?? "somebody"}?`}
      verb="Revoke"
      removing={revoke}
      onRemove={() => revoke.mutate(invitation.id, { onSuccess: onClose })}
      onClose={onClose}
    >
      Whoever holds its link can no longer make an account with it. Accounts that there are stay.
    </Removal>
  );
}

/** Making an invitation, and the one time that its link is shown. */
import { NativeSelect, TextInput } from "@mantine/core";
import type { FormEvent } from "react";
import { type InvitedTo, useInvite } from "@/lib/api/calls/invitations";
import { fieldError } from "@/lib/api/problem";
import type { MadeInvitation, Role } from "@/lib/api/types";
import { Copyable } from "./copyable";
import { Dialog } from "./dialog";
import { Copied, DialogActs } from "./dialog-acts";
import form from "./forms.module.css";
import { ProblemNote } from "./problem-note";
import { ROLES } from "./roles";
import { Time } from "./time";

interface Props {
  to: InvitedTo;
  onClose(): void;
}

export function InviteDialog({ to, onClose }: Props) {
  const invite = useInvite();
  const place = to.owner ?? to.project;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = (name: string) => String(new FormData(event.currentTarget).get(name) ?? "").trim();
    const note = text("note");
    invite.mutate({ ...to, ...(note ? { note } : {}), ...(place ? { role: text("role") as Role } : {}) });
  };
  return (
    <Dialog opened onClose={onClose} title={place ? `Invite somebody to ${place}` : "Invite somebody"} size="lg">
      {invite.data ? (
        <Made invitation={invite.data} onClose={onClose} />
      ) : (
        <form className={form.dialog} onSubmit={submit} aria-label="New invitation">
          <p className={form.note}>
            A link with which one person makes an account here, once, within a week. Send it to them; nobody else gets
            it.
          </p>
          {!fieldError(invite.error, "note") && <ProblemNote error={invite.error} />}
          <div className={form.two}>
            <TextInput
              label="For whom (optional)"
              description="A note, for those who see the list"
              name="note"
              maxLength={200}
              autoComplete="off"
              error={fieldError(invite.error, "note")}
            />
            {place && (
              <NativeSelect
                label="Role"
                description="Each may all that the ones before may"
                name="role"
                data={ROLES.map(([value, means]) => ({ value, label: `${value}: ${means}` }))}
              />
            )}
          </div>
          <DialogActs verb="Make the link" keep="Leave it" busy={invite.isPending} onClose={onClose} />
        </form>
      )}
    </Dialog>
  );
}

function Made({ invitation: { url, expires_at }, onClose }: { invitation: MadeInvitation; onClose(): void }) {
  return (
    <div className={form.dialog} role="status">
      <p>
        <strong>Copy it now: it is shown only this once.</strong> Whoever opens it first, until <Time at={expires_at} />
        , makes an account with it.
      </p>
      <Copyable label="invitation link" text={url} />
      <Copied onClose={onClose} />
    </div>
  );
}

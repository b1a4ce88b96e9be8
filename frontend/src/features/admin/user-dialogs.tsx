/** What is asked before somebody's rights change, and the login link that is shown once. */
import { Copyable } from "@/components/copyable";
import { Dialog } from "@/components/dialog";
import { Copied, DialogActs } from "@/components/dialog-acts";
import form from "@/components/forms.module.css";
import { ProblemNote } from "@/components/problem-note";
import { Time } from "@/components/time";
import type { User, UserChange } from "@/lib/api/types";
import { useChangeUser, useLoginLink } from "./api/users";

export type UserAct = "promote" | "demote" | "disable" | "enable";

interface Act {
  title: string;
  button: string;
  danger?: boolean;
  change: UserChange;
  means(user: User): string;
}

const count = (n: number, what: string) => `${n} ${what}${n === 1 ? "" : "s"}`;

const ACTS: Record<UserAct, Act> = {
  promote: {
    title: "Make an admin of",
    button: "Make admin",
    change: { is_admin: true },
    means: ({ name }) =>
      `${name} may then see and change everything here, also private projects and everybody's rights.`,
  },
  demote: {
    title: "Take admin rights from",
    button: "Take admin rights",
    danger: true,
    change: { is_admin: false },
    means: ({ name }) => `${name} keeps the account, and the roles on projects and in groups.`,
  },
  disable: {
    title: "Switch off the account of",
    button: "Switch off",
    danger: true,
    change: { disabled: true },
    means: ({ name, sessions }) =>
      `${name} can no longer sign in. ${count(sessions, "session")} and all tokens of theirs end at once; tokens stay ended when the account is switched on again. Roles and what they did stay.`,
  },
  enable: {
    title: "Switch on the account of",
    button: "Switch on",
    change: { disabled: false },
    means: ({ name }) => `${name} can sign in again. Tokens that had ended stay ended.`,
  },
};

interface Props {
  user: User;
  onClose(): void;
}

export function ChangeUser({ user, act, me, onClose }: Props & { act: UserAct; me: boolean }) {
  const { title, button, danger, change, means } = ACTS[act];
  const save = useChangeUser(user.id);
  return (
    <Dialog opened onClose={onClose} title={`${title} ${user.name}?`}>
      <div className={form.dialog}>
        {me && danger && <strong>This is you.</strong>}
        <p>{means(user)}</p>
        <ProblemNote error={save.error} />
        <DialogActs
          verb={button}
          keep="Leave it"
          danger={danger}
          busy={save.isPending}
          onAct={() => save.mutate(change, { onSuccess: onClose })}
          onClose={onClose}
        />
      </div>
    </Dialog>
  );
}

export function LoginLinkDialog({ user, onClose }: Props) {
  const link = useLoginLink(user.id);
  return (
    <Dialog opened onClose={onClose} title={`Login link for ${user.name}`} size="lg">
      {link.data ? (
        <div className={form.dialog} role="status">
          <p>
            <strong>Copy it now: it is shown only this once.</strong> Whoever opens it first, until{" "}
            <Time at={link.data.expires_at} />, is signed in as {user.name}.
          </p>
          <Copyable label="login link" text={link.data.url} />
          <Copied onClose={onClose} />
        </div>
      ) : (
        <div className={form.dialog}>
          <p>
            A link that signs {user.name} in once, within an hour; it is written to the audit log that you made it. Give
            it to nobody else.
          </p>
          <ProblemNote error={link.error} />
          <DialogActs
            verb="Make a login link"
            keep="Leave it"
            busy={link.isPending}
            onAct={() => link.mutate()}
            onClose={onClose}
          />
        </div>
      )}
    </Dialog>
  );
}

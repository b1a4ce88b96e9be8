/** The people of this site: rights, ways in, when they were last seen. */
import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { ACTIONS, DataTable, optional, optionalRight } from "@/components/data-table";
import { Empty } from "@/components/empty";
import form from "@/components/forms.module.css";
import { Invitations } from "@/components/invitations";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import { itemsOf, More } from "@/components/rows-of-pages";
import classes from "@/components/table.module.css";
import { Time } from "@/components/time";
import { useMe } from "@/lib/api/calls/get-me";
import type { User } from "@/lib/api/types";
import { useUsers } from "./api/users";
import { ChangeUser, LoginLinkDialog, type UserAct } from "./user-dialogs";

export function UsersSection() {
  const [params, setParams] = useSearchParams();
  const q = params.get("q") ?? "";
  const users = useUsers(q.trim());
  return (
    <>
      <Section
        title="Users"
        actions={
          <TextInput
            aria-label="Find a user"
            type="search"
            placeholder="Name or address"
            size="xs"
            value={q}
            onChange={(event) => setParams(event.currentTarget.value ? { q: event.currentTarget.value } : {}, REPLACE)}
          />
        }
      >
        <Loaded query={users} rows={5}>
          {(data) =>
            itemsOf(data).length ? (
              <UserRows users={itemsOf(data)} />
            ) : (
              <Empty title="Nobody is called so">Look for another part of the name, or of the mail address.</Empty>
            )
          }
        </Loaded>
        <More query={users} />
      </Section>
      <Invitations />
    </>
  );
}

const REPLACE = { replace: true };

function UserRows({ users }: { users: readonly User[] }) {
  const me = useMe().data?.user.id;
  return (
    <DataTable
      label="Users"
      columns={["Name", "Role", optional("Signs in with"), optionalRight("Sessions"), optional("Last seen"), ACTIONS]}
    >
      {users.map((user) => (
        <UserRow key={user.id} user={user} me={user.id === me} />
      ))}
    </DataTable>
  );
}

function UserRow({ user, me }: { user: User; me: boolean }) {
  const [act, setAct] = useState<UserAct | "link" | null>(null);
  const off = user.disabled_at !== null;
  const close = () => setAct(null);
  return (
    <tr className={off ? form.off : undefined}>
      <td className={form.name}>
        <strong>{user.name}</strong> {me && <span className={form.tag}>you</span>}
        <span className={classes.under}>{[user.full_name, user.email].filter(Boolean).join(" · ")}</span>
      </td>
      <td className={classes.nowrap}>{off ? "switched off" : user.is_admin ? "admin" : "user"}</td>
      <td className={classes.optional}>{waysIn(user)}</td>
      <td className={`${classes.right} ${classes.optional} num`}>{user.sessions}</td>
      <td className={`${classes.nowrap} ${classes.optional}`}>
        {user.last_seen_at ? <Time at={user.last_seen_at} /> : <span className="muted">never</span>}
      </td>
      <td className={`${classes.right} ${form.acts}`}>
        {!off && (
          <>
            <Act text="Login link…" name={user.name} onClick={() => setAct("link")} />{" "}
            <Act
              text={user.is_admin ? "Take admin…" : "Make admin…"}
              name={user.name}
              onClick={() => setAct(user.is_admin ? "demote" : "promote")}
            />{" "}
          </>
        )}
        <Act
          text={off ? "Switch on…" : "Switch off…"}
          name={user.name}
          danger={!off}
          onClick={() => setAct(off ? "enable" : "disable")}
        />
        {act === "link" && <LoginLinkDialog user={user} onClose={close} />}
        {act && act !== "link" && <ChangeUser user={user} act={act} me={me} onClose={close} />}
      </td>
    </tr>
  );
}

interface ActProps {
  text: string;
  name: string;
  danger?: boolean;
  onClick(): void;
}

function Act({ text, name, danger = false, onClick }: ActProps) {
  return (
    <Button
      size="compact-xs"
      variant="subtle"
      color={danger ? "danger" : undefined}
      aria-label={`${text} (${name})`}
      onClick={onClick}
    >
      {text}
    </Button>
  );
}

/** `GitHub as ada, password`. */
export function waysIn({ identities, has_password }: Pick<User, "identities" | "has_password">): string {
  const elsewhere = identities.map(({ provider, name }) => `${provider} as ${name}`);
  return [...elsewhere, ...(has_password ? ["password"] : [])].join(", ") || "login links only";
}

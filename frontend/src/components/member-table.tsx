/** The people of a project or a group with their roles, which its owners change here. */
import { Button } from "@mantine/core";
import { useState } from "react";
import type { Member, ProjectMember, Role } from "@/lib/api/types";
import { ACTIONS, DataTable, optional } from "./data-table";
import form from "./forms.module.css";
import { Removal } from "./removal";
import { ROLE_OPTIONS } from "./roles";
import { SelectBox } from "./select-box";
import classes from "./table.module.css";
import { Time } from "./time";

interface Change {
  error: unknown;
  isPending: boolean;
  mutate(member: { user: string; role: Role }): void;
}

interface Removing {
  error: unknown;
  isPending: boolean;
  mutate(user: string, options: { onSuccess(): void }): void;
}

interface Props {
  /** What they are members of. */
  of: string;
  members: readonly (Member | ProjectMember)[];
  /** The group from which roles `via` owner come. */
  group?: string;
  /** Who is looking, by id: everybody may leave. */
  me: string | undefined;
  editable: boolean;
  changing: Change;
  removing: Removing;
}

export function MemberTable(props: Props) {
  const { members } = props;
  return (
    <DataTable label="Members" columns={["Name", "Role", optional("Since"), ACTIONS]}>
      {members.map((member) => (
        <MemberRow key={`${member.user.id} ${viaOf(member)}`} member={member} {...props} />
      ))}
    </DataTable>
  );
}

const viaOf = (member: Member | ProjectMember) => ("via" in member ? member.via : "project");

function MemberRow({
  member,
  of,
  group,
  me,
  editable,
  changing,
  removing,
}: Props & { member: Member | ProjectMember }) {
  const { user, role, added_at } = member;
  const [asking, setAsking] = useState(false);
  const own = viaOf(member) === "project";
  const self = user.id === me;
  return (
    <tr>
      <td className={form.name}>
        <strong>{user.name}</strong> {self && <span className={form.tag}>you</span>}
        {user.full_name && <span className={classes.under}>{user.full_name}</span>}
      </td>
      <td className={classes.nowrap}>
        {editable && own ? (
          <SelectBox
            label={`Role of ${user.name}`}
            value={role}
            options={ROLE_OPTIONS}
            onChange={(next) => changing.mutate({ user: user.name, role: next as Role })}
          />
        ) : (
          role
        )}
        {!own && <span className={classes.under}>by {group ?? "the group"}</span>}
      </td>
      <td className={`${classes.nowrap} ${classes.optional}`}>
        <Time at={added_at} />
      </td>
      <td className={`${classes.right} ${form.acts}`}>
        {own && (editable || self) && (
          <Button
            size="compact-xs"
            variant="subtle"
            color="danger"
            aria-label={self ? "Leave…" : `Remove ${user.name}…`}
            onClick={() => setAsking(true)}
          >
            {self ? "Leave…" : "Remove…"}
          </Button>
        )}
        {asking && (
          <RemoveDialog member={member} of={of} self={self} removing={removing} onClose={() => setAsking(false)} />
        )}
      </td>
    </tr>
  );
}

interface RemoveProps {
  member: Member | ProjectMember;
  of: string;
  self: boolean;
  removing: Removing;
  onClose(): void;
}

function RemoveDialog({ member: { user, role }, of, self, removing, onClose }: RemoveProps) {
  return (
    <Removal
      title={self ? `Leave ${of}?` : `Remove ${user.name} from ${of}?`}
      verb={self ? "Leave" : "Remove"}
      keep={self ? "Stay" : "Keep"}
      removing={removing}
      onRemove={() => removing.mutate(user.name, { onSuccess: onClose })}
      onClose={onClose}
    >
      {self ? "You are" : `${user.name} is`} {article(role)} {role} no longer, at once. What a group gives, and what
      everybody may see, stays; trees and builds that {self ? "you" : "they"} started go on.
    </Removal>
  );
}

const article = (role: Role) => (role === "owner" ? "an" : "a");

/** Who may do what with a project. */
import { Link } from "react-router";
import { AddMember } from "@/components/add-member";
import { Empty } from "@/components/empty";
import form from "@/components/forms.module.css";
import { Invitations } from "@/components/invitations";
import { Loaded } from "@/components/loaded";
import { MemberTable } from "@/components/member-table";
import { Section } from "@/components/page";
import { ProblemNote } from "@/components/problem-note";
import { includes } from "@/components/roles";
import { useMe } from "@/lib/api/calls/get-me";
import type { Project } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useMembers, usePutMember, useRemoveMember } from "../api/members";

export function MembersForm({ project }: { project: Project }) {
  const members = useMembers(project.name);
  const put = usePutMember(project.name);
  const remove = useRemoveMember(project.name);
  const me = useMe().data?.user.id;
  const editable = includes(project.role, "owner");
  return (
    <>
      <Section title="Members">
        <Loaded query={members} rows={3}>
          {({ items }) =>
            items.length ? (
              <MemberTable
                of={project.name}
                group={project.owner?.name}
                members={items}
                me={me}
                editable={editable}
                changing={put}
                removing={remove}
              />
            ) : (
              <Empty title="Nobody has a role">Only admins can change this project. Add an owner below.</Empty>
            )
          }
        </Loaded>
      </Section>
      <Section title={editable ? "Add somebody" : "Who decides"} padded>
        <div className={form.stack}>
          <p className={form.note}>
            <Seen project={project} />
          </p>
          {editable ? (
            <AddMember
              not={(members.data?.items ?? []).filter(({ via }) => via === "project").map(({ user }) => user.name)}
              adding={put}
              onAdd={(member, added) => put.mutate(member, { onSuccess: added })}
            />
          ) : (
            <>
              <p>You are a {project.role} here; its owners decide who is a member.</p>
              <ProblemNote error={put.error} />
            </>
          )}
        </div>
      </Section>
      {editable && <Invitations to={{ project: project.name }} />}
    </>
  );
}

function Seen({ project: { visibility, owner } }: { project: Project }) {
  return (
    <span className="in-text">
      {visibility === "public"
        ? "It is public: everybody who is signed in sees it; members may more."
        : "It is private: only its members see it."}{" "}
      {owner && (
        <>
          It belongs to <Link to={paths.owner(owner.name)}>{owner.name}</Link>, whose members have their role here too.
        </>
      )}
    </span>
  );
}

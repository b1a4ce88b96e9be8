/** One group: who is in it, which projects are theirs, what it is called. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { AddMember } from "@/components/add-member";
import { Crumbs } from "@/components/crumbs";
import { Empty } from "@/components/empty";
import form from "@/components/forms.module.css";
import { Invitations } from "@/components/invitations";
import { Loaded } from "@/components/loaded";
import { MemberTable } from "@/components/member-table";
import { Page, Section } from "@/components/page";
import { Removal } from "@/components/removal";
import { includes } from "@/components/roles";
import { useMe } from "@/lib/api/calls/get-me";
import type { Owner } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useTitle } from "@/lib/use-title";
import {
  useChangeOwner,
  useOwner,
  useOwnerMembers,
  usePutOwnerMember,
  useRemoveOwner,
  useRemoveOwnerMember,
} from "./api/owners";
import { OwnedProjects } from "./owned-projects";
import { OwnerForm } from "./owner-form";

export function OwnerPage() {
  const { owner = "" } = useParams();
  return (
    <Loaded query={useOwner(owner)} rows={8}>
      {(data) => <OwnerView key={data.id} owner={data} />}
    </Loaded>
  );
}

function OwnerView({ owner }: { owner: Owner }) {
  useTitle(owner.name);
  const decides = includes(owner.role, "owner");
  return (
    <Page title={owner.name}>
      <Crumbs items={[{ text: "Owners", to: paths.owners() }, { text: owner.name }]} />
      {(owner.contact || owner.url) && (
        <p className="in-text">
          {owner.contact}
          {owner.contact && owner.url && " · "}
          {owner.url && (
            <a href={owner.url} target="_blank" rel="noreferrer">
              {owner.url}
            </a>
          )}
        </p>
      )}
      <OwnedProjects owner={owner} />
      <Members owner={owner} decides={decides} />
      {decides && <Settings owner={owner} />}
    </Page>
  );
}

function Members({ owner, decides }: { owner: Owner; decides: boolean }) {
  const members = useOwnerMembers(owner.name);
  const put = usePutOwnerMember(owner.name);
  const remove = useRemoveOwnerMember(owner.name);
  const me = useMe().data?.user.id;
  return (
    <>
      <Section title="Members">
        <Loaded query={members} rows={3}>
          {({ items }) =>
            items.length ? (
              <MemberTable
                of={owner.name}
                members={items}
                me={me}
                editable={decides}
                changing={put}
                removing={remove}
              />
            ) : (
              <Empty title="Nobody is in this group">Only admins can change it. Add an owner below.</Empty>
            )
          }
        </Loaded>
      </Section>
      {decides && (
        <Section title="Add somebody" padded>
          <AddMember
            not={(members.data?.items ?? []).map(({ user }) => user.name)}
            adding={put}
            onAdd={(member, added) => put.mutate(member, { onSuccess: added })}
          />
        </Section>
      )}
      {decides && <Invitations to={{ owner: owner.name }} />}
    </>
  );
}

function Settings({ owner }: { owner: Owner }) {
  const change = useChangeOwner(owner.name);
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Section title="Settings" padded>
        <OwnerForm
          label="Settings of the group"
          action="Save"
          owner={owner}
          saving={change}
          onSave={(body) =>
            change.mutate(body, {
              onSuccess: ({ name }) => {
                if (name !== owner.name) void navigate(paths.owner(name), { replace: true });
              },
            })
          }
        />
      </Section>
      <Section title="Delete" padded>
        <div className={form.row}>
          <p>
            {owner.project_count > 0
              ? `It owns ${owner.project_count} ${owner.project_count === 1 ? "project" : "projects"}: give them another owner first.`
              : "It owns no project."}
          </p>
          <Button variant="outline" color="danger" disabled={owner.project_count > 0} onClick={() => setAsking(true)}>
            Delete {owner.name}…
          </Button>
        </div>
      </Section>
      {asking && <DeleteOwner owner={owner} onClose={() => setAsking(false)} />}
    </>
  );
}

function DeleteOwner({ owner, onClose }: { owner: Owner; onClose(): void }) {
  const remove = useRemoveOwner(owner.name);
  const navigate = useNavigate();
  return (
    <Removal
      title={`Delete ${owner.name}?`}
      verb="Delete the group"
      removing={remove}
      onRemove={() => remove.mutate(undefined, { onSuccess: () => void navigate(paths.owners()) })}
      onClose={onClose}
    >
      {owner.member_count === 1 ? "Its 1 member loses" : `Its ${owner.member_count} members lose`} nothing but the
      group; no project and no account goes with it.
    </Removal>
  );
}

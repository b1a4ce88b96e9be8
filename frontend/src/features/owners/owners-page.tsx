/** Groups that own projects: organisations, teams. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { Crumbs } from "@/components/crumbs";
import { DataTable, optional, right } from "@/components/data-table";
import { Dialog } from "@/components/dialog";
import { Empty } from "@/components/empty";
import { Loaded } from "@/components/loaded";
import { Page, Section } from "@/components/page";
import classes from "@/components/table.module.css";
import { useOwners } from "@/lib/api/calls/get-owners";
import type { Owner } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useTitle } from "@/lib/use-title";
import { useCreateOwner } from "./api/owners";
import { OwnerForm } from "./owner-form";

export function OwnersPage() {
  useTitle("Owners");
  const owners = useOwners();
  const [making, setMaking] = useState(false);
  return (
    <Page title="Owners" actions={<Button onClick={() => setMaking(true)}>New group</Button>}>
      <Crumbs items={[{ text: "Owners" }]} />
      <Section title="Groups that you are in">
        <Loaded query={owners} rows={4}>
          {({ items }) =>
            items.length ? (
              <OwnerRows owners={items} />
            ) : (
              <Empty title="No group yet">
                A group owns projects, and its members have their role on all of them. Make one for your team.
              </Empty>
            )
          }
        </Loaded>
      </Section>
      {making && <NewOwner onClose={() => setMaking(false)} />}
    </Page>
  );
}

function OwnerRows({ owners }: { owners: readonly Owner[] }) {
  return (
    <DataTable label="Groups" columns={["Name", "You are", right("Projects"), right("Members"), optional("Contact")]}>
      {owners.map((owner) => (
        <tr key={owner.id}>
          <td className={classes.wide}>
            <Link to={paths.owner(owner.name)}>
              <strong>{owner.name}</strong>
            </Link>
          </td>
          <td className={classes.nowrap}>{owner.role ?? "not in it"}</td>
          <td className={`${classes.right} num`}>{owner.project_count}</td>
          <td className={`${classes.right} num`}>{owner.member_count}</td>
          <td className={`${classes.optional} ${classes.nowrap}`}>
            {owner.contact ?? <span className="muted">–</span>}
          </td>
        </tr>
      ))}
    </DataTable>
  );
}

function NewOwner({ onClose }: { onClose(): void }) {
  const create = useCreateOwner();
  const navigate = useNavigate();
  return (
    <Dialog opened onClose={onClose} title="A new group" size="lg">
      <OwnerForm
        label="New group"
        action="Make the group"
        saving={create}
        onSave={(body) => create.mutate(body, { onSuccess: ({ name }) => void navigate(paths.owner(name)) })}
      />
    </Dialog>
  );
}

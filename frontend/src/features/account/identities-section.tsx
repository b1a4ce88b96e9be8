/** The accounts elsewhere with which one signs in here. Where this site knows no provider there is nothing to show. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { ACTIONS, DataTable, optional } from "@/components/data-table";
import form from "@/components/forms.module.css";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import { ProblemNote } from "@/components/problem-note";
import { Removal } from "@/components/removal";
import classes from "@/components/table.module.css";
import { Time } from "@/components/time";
import type { OwnIdentity } from "@/lib/api/types";
import { useIdentities, useLinkIdentity, useProviders, useUnlinkIdentity } from "./api/identities";

export function IdentitiesSection() {
  const identities = useIdentities();
  const providers = useProviders();
  const linked = identities.data?.items ?? [];
  if (!linked.length && !providers.data?.length) return null;
  const free = (providers.data ?? []).filter(({ id }) => !linked.some(({ provider }) => provider === id));
  return (
    <Section title="Signing in elsewhere">
      <Loaded query={identities} rows={2}>
        {({ items }) => items.length > 0 && <IdentityRows identities={items} />}
      </Loaded>
      {free.length > 0 && <LinkButtons providers={free} />}
    </Section>
  );
}

function LinkButtons({ providers }: { providers: readonly { id: string; name: string }[] }) {
  const link = useLinkIdentity();
  return (
    <div className={`${form.stack} ${classes.more}`}>
      <p className={form.note}>Link your account there, and you can sign in with it.</p>
      <ProblemNote error={link.error} />
      <div className={form.row}>
        {providers.map(({ id, name }) => (
          <Button
            key={id}
            variant="default"
            loading={link.isPending && link.variables === id}
            onClick={() => link.mutate(id)}
          >
            Link {name}
          </Button>
        ))}
      </div>
    </div>
  );
}

function IdentityRows({ identities }: { identities: readonly OwnIdentity[] }) {
  return (
    <DataTable label="Linked accounts" columns={["Where", "You there", optional("Linked"), "Last used", ACTIONS]}>
      {identities.map((identity) => (
        <IdentityRow key={identity.id} identity={identity} />
      ))}
    </DataTable>
  );
}

function IdentityRow({ identity }: { identity: OwnIdentity }) {
  const [asking, setAsking] = useState(false);
  return (
    <tr>
      <td className={classes.nowrap}>
        {identity.provider_name}
        <span className={classes.under}>{identity.issuer}</span>
      </td>
      <td className={classes.wide}>{identity.name}</td>
      <td className={`${classes.nowrap} ${classes.optional}`}>
        <Time at={identity.created_at} />
      </td>
      <td className={classes.nowrap}>
        <Time at={identity.last_used_at} />
      </td>
      <td className={`${classes.right} ${form.acts}`}>
        <Button size="compact-xs" variant="subtle" color="danger" onClick={() => setAsking(true)}>
          Unlink…
        </Button>
        {asking && <Unlink identity={identity} onClose={() => setAsking(false)} />}
      </td>
    </tr>
  );
}

function Unlink({ identity, onClose }: { identity: OwnIdentity; onClose(): void }) {
  const unlink = useUnlinkIdentity();
  return (
    <Removal
      title={`Unlink ${identity.provider_name}?`}
      verb="Unlink"
      removing={unlink}
      onRemove={() => unlink.mutate(identity.id, { onSuccess: onClose })}
      onClose={onClose}
    >
      You can no longer sign in here as {identity.name} of {identity.provider_name}. Your account there is not touched,
      and can be linked again.
    </Removal>
  );
}

/** Whose signed tokens are believed at all; each project's own rules say whose jobs. */
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { ACTIONS, DataTable, optional } from "@/components/data-table";
import { Empty } from "@/components/empty";
import form from "@/components/forms.module.css";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import { ProblemNote } from "@/components/problem-note";
import { Removal } from "@/components/removal";
import classes from "@/components/table.module.css";
import { Time } from "@/components/time";
import { useAddIssuer, useIssuers, useRemoveIssuer } from "@/lib/api/calls/issuers";
import { fieldError } from "@/lib/api/problem";
import type { Issuer, IssuerCreate, IssuerCreated, IssuerList } from "@/lib/api/types";

export function IssuersSection() {
  const issuers = useIssuers();
  return (
    <>
      <Section title="Issuers">
        <Loaded query={issuers} rows={2}>
          {({ items }) =>
            items.length ? (
              <IssuerRows issuers={items} />
            ) : (
              <Empty title="No issuer is listed">
                CI jobs can show a token that GitHub, GitLab or another platform signs for them, in place of a project
                token. It is believed only of issuers that are listed here, and only where a project has a rule for it.
              </Empty>
            )
          }
        </Loaded>
      </Section>
      {issuers.data && <AddIssuer offered={issuers.data.offered} />}
    </>
  );
}

function IssuerRows({ issuers }: { issuers: readonly Issuer[] }) {
  return (
    <DataTable label="Issuers" columns={["Issuer", optional("Repositories are told by"), optional("Listed"), ACTIONS]}>
      {issuers.map((issuer) => (
        <IssuerRow key={issuer.id} issuer={issuer} />
      ))}
    </DataTable>
  );
}

function IssuerRow({ issuer }: { issuer: Issuer }) {
  const [removing, setRemoving] = useState(false);
  return (
    <tr>
      <td className={form.name}>
        <strong>{issuer.name}</strong>
        <span className={`${classes.under} mono`}>{issuer.url}</span>
      </td>
      <td className={`${classes.optional} mono`}>{issuer.subject_claim}</td>
      <td className={`${classes.nowrap} ${classes.optional}`}>
        <Time at={issuer.created_at} /> by {issuer.created_by}
      </td>
      <td className={`${classes.right} ${form.acts}`}>
        <Button
          size="compact-xs"
          variant="subtle"
          color="danger"
          aria-label={`Remove… (${issuer.name})`}
          onClick={() => setRemoving(true)}
        >
          Remove…
        </Button>
        {removing && <RemoveIssuer issuer={issuer} onClose={() => setRemoving(false)} />}
      </td>
    </tr>
  );
}

function RemoveIssuer({ issuer, onClose }: { issuer: Issuer; onClose(): void }) {
  const remove = useRemoveIssuer();
  return (
    <Removal
      title={`Remove ${issuer.name}?`}
      removing={remove}
      onRemove={() => remove.mutate(issuer.id, { onSuccess: onClose })}
      onClose={onClose}
    >
      Every project's rules about it go with it, and their jobs are refused from now on unless they show a project
      token. The rules do not come back when it is listed again.
    </Removal>
  );
}

const KINDS: readonly [kind: IssuerCreate["kind"], name: string][] = [
  ["github", "GitHub Enterprise Server"],
  ["gitlab", "GitLab, a server of your own"],
  ["other", "Any other that speaks OpenID Connect"],
];

function AddIssuer({ offered }: { offered: IssuerList["offered"] }) {
  const add = useAddIssuer();
  const [kind, setKind] = useState<string>("github");
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = event.currentTarget;
    const text = (name: string) => String(new FormData(fields).get(name) ?? "").trim();
    const chosen = KINDS.find(([one]) => one === kind)?.[0] ?? "other";
    const name = text("name");
    add.mutate({ kind: chosen, url: text("url"), ...(name ? { name } : {}) }, { onSuccess: () => fields.reset() });
  };
  const beside = ["url", "name"].some((name) => fieldError(add.error, name));
  return (
    <Section title="List an issuer" padded>
      <form className={form.form} onSubmit={submit} aria-label="List an issuer" noValidate>
        {offered.length > 0 && (
          <div className={form.row}>
            {offered.map(({ kind: one, url, name }) => (
              <Button key={url} variant="default" onClick={() => add.mutate({ kind: one, url, name })}>
                List {name}
              </Button>
            ))}
          </div>
        )}
        {!beside && <ProblemNote error={add.error} fields />}
        <NativeSelect
          label="Or another"
          value={kind}
          onChange={(event) => setKind(event.currentTarget.value)}
          data={KINDS.map(([value, label]) => ({ value, label }))}
        />
        <TextInput
          label="Address"
          name="url"
          type="url"
          required
          placeholder={kind === "github" ? "https://HOST/_services/token" : "https://gitlab.example"}
          description="As the tokens have it in iss, letter by letter. Its keys are fetched from there"
          error={fieldError(add.error, "url")}
        />
        <TextInput
          label="Name"
          name="name"
          description="Its host, if left empty"
          error={fieldError(add.error, "name")}
        />
        <div className={form.row}>
          <Button type="submit" loading={add.isPending}>
            List it
          </Button>
        </div>
        {add.data && <Reached made={add.data} />}
      </form>
    </Section>
  );
}

function Reached({ made }: { made: IssuerCreated }) {
  return (
    <p role="status">
      {made.reachable ? "✓" : "▲"} {made.name} is listed. {made.reading}
      {!made.reachable && " Until its keys can be had, its tokens are refused."}
    </p>
  );
}

/** The fields of each kind of access to a repository. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { Copyable } from "@/components/copyable";
import form from "@/components/forms.module.css";
import { LinesField } from "@/components/lines-field";
import { ProblemNote } from "@/components/problem-note";
import { Removal } from "@/components/removal";
import { TextField } from "@/components/text-field";
import { Time } from "@/components/time";
import { WrittenField } from "@/components/written-field";
import type { Project, RepositoryAccess } from "@/lib/api/types";
import { useMakeKey } from "../api/repository-access";
import { ACCESS_KINDS, type AccessKind, setOf, unfit } from "./access-model";
import classes from "./settings.module.css";

interface Props {
  project: Project;
  access: RepositoryAccess;
  problem(field: string): string | undefined;
}

export function AccessFields(props: Props) {
  const { access, problem } = props;
  const [kind, setKind] = useState<AccessKind>(access.kind ?? "none");
  return (
    <>
      <div className={classes.cards} role="radiogroup" aria-label="Kind">
        {ACCESS_KINDS.map(([value, name, does]) => {
          const why = unfit(value, access.origin);
          return (
            <label key={value} className={classes.card}>
              <input
                type="radio"
                name="kind"
                value={value}
                checked={value === kind}
                disabled={why !== null && value !== kind}
                onChange={() => setKind(value)}
                aria-label={name}
              />
              <strong>{name}</strong>
              <span>{why ?? does}</span>
            </label>
          );
        })}
      </div>
      {problem("kind") && <p className={form.problem}>{problem("kind")}</p>}
      {kind === "token" && <TokenFields {...props} />}
      {kind === "ssh" && <KeyFields {...props} />}
      {kind === "app" && <AppFields {...props} />}
    </>
  );
}

function TokenFields({ access, problem }: Props) {
  return (
    <>
      <TextField
        of={{ saved: access, problem }}
        name="username"
        label="User name"
        description="The one that belongs to the token. GitHub and GitLab take any; leave it empty there."
      />
      <WrittenField
        name="token"
        label="Token"
        description="One that may only read this repository is enough."
        required
        known={setOf(access, "token", "token")}
        error={problem("token")}
      />
    </>
  );
}

function KeyFields({ project, access, problem }: Props) {
  const make = useMakeKey(project.name);
  const [asking, setAsking] = useState(false);
  const [pasting, setPasting] = useState(false);
  const [hosts, setHosts] = useState(access.known_hosts ?? "");
  const known = setOf(access, "ssh", "private_key");
  const pasted = pasting || Boolean(problem("private_key"));
  return (
    <>
      {known && access.public_key && (
        <div className={form.stack}>
          <p>Give this public half to the repository as a deploy key that may read (no need to write):</p>
          <Copyable label="public key" text={access.public_key} />
          <p className={form.note}>
            <span className="mono">{access.fingerprint}</span>, set <Time at={known.set_at} />
          </p>
        </div>
      )}
      {!known && <p>A key is made here, so that its private half never leaves the arbiter but to agents.</p>}
      <ProblemNote error={make.error} fields />
      <div className={form.row}>
        <Button
          variant={known ? "default" : "filled"}
          loading={make.isPending}
          onClick={() => (known ? setAsking(true) : make.mutate(hosts.trim()))}
        >
          {known ? "Make a new key…" : "Make a key"}
        </Button>
        {!pasted && (
          <Button variant="default" onClick={() => setPasting(true)}>
            Paste a key instead
          </Button>
        )}
      </div>
      {pasted && (
        <WrittenField
          name="private_key"
          label="Private key"
          description="The whole file, without a passphrase."
          lines
          known={undefined}
          error={problem("private_key")}
        />
      )}
      <KnownHosts access={access} value={hosts} onChange={setHosts} error={problem("known_hosts")} />
      {asking && (
        <Removal
          title="Make a new key?"
          verb="Make a new key"
          removing={make}
          onRemove={() => make.mutate(hosts.trim(), { onSuccess: () => setAsking(false) })}
          onClose={() => setAsking(false)}
        >
          The present one is forgotten at once: builds fail until the repository has the public half of the new one.
        </Removal>
      )}
    </>
  );
}

interface HostsProps {
  access: RepositoryAccess;
  value: string;
  onChange(value: string): void;
  error: string | undefined;
}

function KnownHosts({ access, value, onChange, error }: HostsProps) {
  const host = access.origin?.replace("ssh://", "") ?? "";
  const [name, port] = host.split(":");
  return (
    <LinesField
      label="Known hosts"
      name="known_hosts"
      rows={3}
      description={
        <>
          The keys that {host} may have, as{" "}
          <code>
            ssh-keyscan{port ? ` -p ${port}` : ""} {name}
          </code>{" "}
          prints them; compare them with what the host publishes. Without them each agent believes the first key it
          meets, and keeps to it.
        </>
      }
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={error}
    />
  );
}

function AppFields({ access, problem }: Props) {
  const of = { saved: access, problem };
  return (
    <>
      <div className={classes.pair}>
        <TextField of={of} name="app_id" label="App id" required description="On the App's page at GitHub" />
        <TextField of={of} name="installation_id" label="Installation id" description="Left empty, it is found out" />
      </div>
      <TextField
        of={of}
        name="api_url"
        label="Address of the API"
        type="url"
        description="Left empty, it is api.github.com, or /api/v3 of an Enterprise server."
      />
      <WrittenField
        name="private_key"
        label="Private key of the App"
        description="The .pem file that GitHub made."
        lines
        required
        known={setOf(access, "app", "private_key")}
        error={problem("private_key")}
      />
    </>
  );
}

/** Secrets: what the steps of the project's builds may ask for by name. Values are written, and never shown. */
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Link } from "react-router";
import { ACTIONS, DataTable, optional } from "@/components/data-table";
import { Dialog } from "@/components/dialog";
import { DialogActs } from "@/components/dialog-acts";
import { Empty } from "@/components/empty";
import form from "@/components/forms.module.css";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import { ProblemNote } from "@/components/problem-note";
import { Removal } from "@/components/removal";
import classes from "@/components/table.module.css";
import { Time } from "@/components/time";
import { WrittenField } from "@/components/written-field";
import { fieldError } from "@/lib/api/problem";
import type { Project, ProjectSecret } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useRemoveSecret, useSecrets, useSetSecret } from "../api/secrets";
import own from "../projects.module.css";

export function SecretsSection({ project }: { project: Project }) {
  const secrets = useSecrets(project.name);
  const [adding, setAdding] = useState(false);
  return (
    <>
      <Section
        title="Secrets"
        actions={
          <Button size="xs" variant="default" onClick={() => setAdding(true)}>
            Add a secret
          </Button>
        }
      >
        <Loaded query={secrets} rows={2}>
          {({ items }) =>
            items.length ? (
              <DataTable label="Secrets" columns={["Name", "Set", optional("Last used"), ACTIONS]}>
                {items.map((secret) => (
                  <Row key={secret.name} secret={secret} project={project} />
                ))}
              </DataTable>
            ) : (
              <Empty title="No secret yet">
                A secret is a value, like a token for publishing, that a step asks for by name and finds in its
                environment. Logs show *** in its place. Only own agents get it, and never for code of strangers.{" "}
                <Link to={paths.help("private-repositories", "secrets-for-steps")}>How a step asks for one</Link>
              </Empty>
            )
          }
        </Loaded>
      </Section>
      {adding && <SecretDialog project={project} onClose={() => setAdding(false)} />}
    </>
  );
}

function Row({ secret, project }: { secret: ProjectSecret; project: Project }) {
  const [dialog, setDialog] = useState<"replace" | "remove" | null>(null);
  const close = () => setDialog(null);
  return (
    <tr>
      <td className={`mono ${classes.wide}`}>{secret.name}</td>
      <td className={classes.nowrap}>
        <Time at={secret.changed_at} />
        <span className={classes.under}>by {secret.changed_by}</span>
      </td>
      <td className={`${classes.nowrap} ${classes.optional}`}>
        {secret.used_at ? <Time at={secret.used_at} /> : <span className="muted">never</span>}
      </td>
      <td className={`${classes.right} ${own.acts}`}>
        <Button
          size="compact-xs"
          variant="subtle"
          aria-label={`Replace… (${secret.name})`}
          onClick={() => setDialog("replace")}
        >
          Replace…
        </Button>{" "}
        <Button
          size="compact-xs"
          variant="subtle"
          color="danger"
          aria-label={`Remove… (${secret.name})`}
          onClick={() => setDialog("remove")}
        >
          Remove…
        </Button>
        {dialog === "replace" && <SecretDialog project={project} secret={secret} onClose={close} />}
        {dialog === "remove" && <RemoveSecret project={project} secret={secret} onClose={close} />}
      </td>
    </tr>
  );
}

interface DialogProps {
  project: Project;
  /** Absent for a new one. */
  secret?: ProjectSecret;
  onClose(): void;
}

function SecretDialog({ project, secret, onClose }: DialogProps) {
  const set = useSetSecret(project.name);
  const problem = (field: string) => fieldError(set.error, field);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const sent = new FormData(event.currentTarget);
    // a form sends line ends as Windows writes them
    const value = String(sent.get("value") ?? "").replace(/\r\n/g, "\n");
    set.mutate({ name: secret?.name ?? String(sent.get("name") ?? "").trim(), value }, { onSuccess: onClose });
  };
  return (
    <Dialog opened onClose={onClose} title={secret ? `Replace ${secret.name}` : "Add a secret"}>
      <form className={form.dialog} onSubmit={submit} noValidate>
        {!["name", "value"].some(problem) && <ProblemNote error={set.error} fields />}
        {!secret && (
          <TextInput
            label="Name"
            name="name"
            required
            data-autofocus
            autoComplete="off"
            spellCheck={false}
            placeholder="NPM_TOKEN"
            description="As a step asks for it: letters, digits and _"
            error={problem("name")}
          />
        )}
        <WrittenField
          name="value"
          label="Value"
          description={
            secret ? "Builds get it from the next one on. The old value is gone." : "One line or many, like a key file."
          }
          lines
          required
          known={undefined}
          error={problem("value")}
        />
        <DialogActs verb={secret ? "Replace" : "Add"} busy={set.isPending} onClose={onClose} />
      </form>
    </Dialog>
  );
}

function RemoveSecret({ project, secret, onClose }: DialogProps & { secret: ProjectSecret }) {
  const remove = useRemoveSecret(project.name);
  return (
    <Removal
      title={`Remove ${secret.name}?`}
      removing={remove}
      onRemove={() => remove.mutate(secret.name, { onSuccess: onClose })}
      onClose={onClose}
    >
      A step that asks for it fails from now on.{" "}
      {secret.used_at ? (
        <>
          A build was last given it <Time at={secret.used_at} />.
        </>
      ) : (
        "No build was ever given it."
      )}
    </Removal>
  );
}

/** Adding, changing and removing a webhook; its secret, shown once. */
import { NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Dialog } from "@/components/dialog";
import { DialogActs } from "@/components/dialog-acts";
import form from "@/components/forms.module.css";
import { ProblemNote } from "@/components/problem-note";
import { Removal } from "@/components/removal";
import { ShownOnce } from "@/components/shown-once";
import { fieldError } from "@/lib/api/problem";
import type { Project, Webhook } from "@/lib/api/types";
import { useAddWebhook, useChangeWebhook, useRemoveWebhook, useRotateWebhook } from "../api/webhooks";
import classes from "../projects.module.css";
import { EVENTS, webhookOf } from "./webhook-model";

interface DialogProps {
  project: Project;
  /** Absent for a new one. */
  webhook?: Webhook;
  onClose(): void;
}

export function WebhookDialog({ project, webhook, onClose }: DialogProps) {
  const add = useAddWebhook(project.name);
  const change = useChangeWebhook(project.name, webhook?.id ?? "");
  const error = add.error ?? change.error;
  const problem = (field: string) => fieldError(error, field);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const body = webhookOf(new FormData(event.currentTarget));
    if (webhook) change.mutate(body, { onSuccess: onClose });
    else add.mutate(body);
  };
  return (
    <Dialog opened onClose={onClose} title={webhook ? "Change the webhook" : "Add a webhook"} size="lg">
      {add.data ? (
        <Secret secret={add.data.secret} onClose={onClose} />
      ) : (
        <form className={form.dialog} onSubmit={submit} noValidate>
          {!["url", "events", "format"].some(problem) && <ProblemNote error={error} fields />}
          <TextInput
            label="Address"
            name="url"
            type="url"
            required
            data-autofocus
            placeholder="https://hooks.example/dominoci"
            defaultValue={webhook?.url ?? ""}
            error={problem("url")}
          />
          <Told webhook={webhook} problem={problem} />
          <DialogActs verb={webhook ? "Save" : "Add"} busy={add.isPending || change.isPending} onClose={onClose} />
        </form>
      )}
    </Dialog>
  );
}

function Told({ webhook, problem }: { webhook: Webhook | undefined; problem(field: string): string | undefined }) {
  const [format, setFormat] = useState<string>(webhook?.format ?? "json");
  const told = webhook?.events ?? ["event.state_changed", "tree.finished"];
  return (
    <>
      <NativeSelect
        label="Format"
        name="format"
        value={format}
        onChange={(event) => setFormat(event.currentTarget.value)}
        data={[
          { value: "json", label: "JSON, with a signature of Standard Webhooks" },
          { value: "cdevents", label: "CDEvents 0.5.1, in CloudEvents" },
        ]}
        error={problem("format")}
      />
      <fieldset className={classes.fieldset}>
        <legend>It is told when</legend>
        <div className={classes.choices}>
          {EVENTS.map(({ event, does, standard }) => (
            <label key={event} className={classes.choice}>
              <input
                type="checkbox"
                name="events"
                value={event}
                defaultChecked={told.includes(event)}
                disabled={format === "cdevents" && !standard}
              />
              <strong className="mono">{event}</strong>
              <span>{format === "cdevents" && !standard ? "There is no CDEvent for it." : does}</span>
            </label>
          ))}
        </div>
        {problem("events") && (
          <p className={form.problem} role="alert">
            {problem("events")}
          </p>
        )}
      </fieldset>
    </>
  );
}

function Secret({ secret, onClose }: { secret: string; onClose(): void }) {
  return (
    <ShownOnce what="its secret" pieces={[["webhook secret", secret]]} onClose={onClose}>
      The receiver checks with it that a message is from here.
    </ShownOnce>
  );
}

interface Props {
  project: Project;
  webhook: Webhook;
  onClose(): void;
}

export function RotateWebhook({ project, webhook, onClose }: Props) {
  const rotate = useRotateWebhook(project.name, webhook.id);
  return (
    <Dialog opened onClose={onClose} title="Make a new secret" size="lg">
      {rotate.data ? (
        <Secret secret={rotate.data.secret} onClose={onClose} />
      ) : (
        <div className={form.dialog}>
          <p>For 24 hours messages carry both signatures, so that the receiver can be changed without a gap.</p>
          <ProblemNote error={rotate.error} />
          <DialogActs
            verb="Make a new secret"
            keep="Keep it"
            busy={rotate.isPending}
            onAct={() => rotate.mutate(undefined)}
            onClose={onClose}
          />
        </div>
      )}
    </Dialog>
  );
}

export function RemoveWebhook({ project, webhook, onClose }: Props) {
  const remove = useRemoveWebhook(project.name, webhook.id);
  return (
    <Removal
      title="Remove this webhook?"
      removing={remove}
      onRemove={() => remove.mutate(undefined, { onSuccess: onClose })}
      onClose={onClose}
    >
      <span className="mono">{webhook.url}</span> is told nothing any more. What waits for it is not sent, and the
      record of what was sent goes too. To keep that, switch it off instead.
    </Removal>
  );
}

/** Making and changing what starts a job, a new secret of its webhook, and taking it away. */
import { NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useId, useState } from "react";
import { Dialog } from "@/components/dialog";
import { DialogActs } from "@/components/dialog-acts";
import form from "@/components/forms.module.css";
import { LinesField } from "@/components/lines-field";
import { ProblemNote } from "@/components/problem-note";
import { Removal } from "@/components/removal";
import { ShownOnce } from "@/components/shown-once";
import { fieldError } from "@/lib/api/problem";
import type { Job, Trigger, TriggerWithSecret } from "@/lib/api/types";
import { formatDuration } from "@/lib/time";
import { useAddTrigger, useChangeTrigger, useNextRuns, useRemoveTrigger, useRotateTrigger } from "./api/triggers";
import classes from "./jobs.module.css";
import { NextRuns, ownZone } from "./next-runs";
import { type Kind, linesOf, parametersOf, sentenceOf, triggerOf } from "./trigger-model";

const TITLE: Record<Kind, string> = {
  schedule: "Start it at a time",
  webhook: "Start it by a call",
  poll: "Start it on new commits",
};
const FIELDS = ["cron", "zone", "missed", "ref", "branches", "every_s", "parameters"];

interface Props {
  job: Job;
  kind: Kind;
  /** Absent for a new one. */
  trigger?: Trigger;
  onClose(): void;
}

export function TriggerDialog({ job, kind, trigger, onClose }: Props) {
  const add = useAddTrigger(job.id);
  const change = useChangeTrigger(job.id, trigger?.id ?? "");
  const saving = trigger ? change : add;
  const [wrong, setWrong] = useState<string | null>(null);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const sent = new FormData(event.currentTarget);
    const line = parametersOf(String(sent.get("parameters") ?? "")).wrong;
    setWrong(line);
    if (line !== null) return;
    const told = triggerOf(kind, sent);
    if (trigger) change.mutate(told, { onSuccess: onClose });
    else add.mutate({ kind, ...told }, { onSuccess: ({ secret }) => secret === null && onClose() });
  };
  const problem = (field: string) => fieldError(saving.error, field);
  if (add.data?.secret) return <Secret made={add.data} onClose={onClose} />;
  return (
    <Dialog opened onClose={onClose} title={TITLE[kind]}>
      <form className={form.dialog} onSubmit={submit} aria-label={TITLE[kind]} noValidate>
        {!FIELDS.some(problem) && <ProblemNote error={saving.error} fields />}
        {kind === "schedule" && <ScheduleFields job={job} trigger={trigger} problem={problem} />}
        {kind === "poll" && <PollFields trigger={trigger} problem={problem} />}
        {kind === "webhook" && (
          <TextInput
            label="Branches"
            name="branches"
            defaultValue={trigger?.branches.join(", ")}
            placeholder="all of them"
            description="Of the pushes that call it, only those to these: main, release/*"
            autoComplete="off"
            error={problem("branches")}
          />
        )}
        {kind !== "poll" && job.checkout && (
          <TextInput
            label="Branch, tag or commit to build"
            name="ref"
            defaultValue={trigger?.ref ?? ""}
            placeholder={kind === "webhook" ? "what was pushed, else the job's own" : "the job's own"}
            autoComplete="off"
            error={problem("ref")}
          />
        )}
        <LinesField
          label="Parameters"
          name="parameters"
          defaultValue={linesOf(trigger?.parameters ?? {})}
          rows={3}
          description={asksFor(job)}
          placeholder="NAME=value"
          error={wrong === null ? problem("parameters") : `“${wrong}” is not NAME=value.`}
        />
        <DialogActs verb={trigger ? "Save" : "Add"} busy={saving.isPending} onClose={onClose} />
      </form>
    </Dialog>
  );
}

const asksFor = ({ parameters }: Job): string =>
  parameters.length
    ? `One by line. The definition asks for ${parameters.map((one) => one.name).join(", ")}.`
    : "One by line.";

interface FieldsProps {
  trigger?: Trigger;
  problem(field: string): string | undefined;
}

function ScheduleFields({ job, trigger, problem }: FieldsProps & { job: Job }) {
  const [cron, setCron] = useState(trigger?.cron ?? "0 3 * * *");
  const [zone, setZone] = useState(trigger?.zone ?? ownZone());
  const list = useId();
  const next = useNextRuns(job.id, cron, zone);
  const wrong = (field: string) => problem(field) ?? fieldError(next.error, field);
  return (
    <>
      <div className={form.two}>
        <TextInput
          label="When"
          name="cron"
          value={cron}
          onChange={(event) => setCron(event.currentTarget.value)}
          description="Minute, hour, day, month, weekday; or @daily"
          data-autofocus
          autoComplete="off"
          error={wrong("cron")}
        />
        <TextInput
          label="Time zone"
          name="zone"
          value={zone}
          onChange={(event) => setZone(event.currentTarget.value)}
          description="Daylight saving time is followed"
          list={list}
          autoComplete="off"
          error={wrong("zone")}
        />
        <datalist id={list}>
          {Intl.supportedValuesOf("timeZone").map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      </div>
      <div role="status" className={classes.preview}>
        {next.data && !next.error && (
          <>
            <strong>{next.data.text}</strong>
            <NextRuns next={next.data.next} zone={zone.trim() || "UTC"} />
          </>
        )}
      </div>
      <NativeSelect
        label="Turns that nobody could take"
        name="missed"
        defaultValue={trigger?.missed ?? "once"}
        data={[
          { value: "once", label: "Make up for all of them with one build" },
          { value: "skip", label: "Drop them" },
        ]}
      />
    </>
  );
}

function PollFields({ trigger, problem }: FieldsProps) {
  return (
    <>
      <TextInput
        label="Branches"
        name="branches"
        defaultValue={trigger?.branches.join(", ")}
        placeholder="the job's own"
        description="main, release/*: a build for each that has something new. The first look starts nothing."
        data-autofocus
        autoComplete="off"
        error={problem("branches")}
      />
      <TextInput
        label="How often it is looked at"
        name="every_s"
        defaultValue={formatDuration((trigger?.every_s ?? 300) * 1000)}
        description="Like 5m or 1h 30m; from a minute to a day"
        autoComplete="off"
        error={problem("every_s")}
      />
    </>
  );
}

function Secret({ made: { url, secret }, onClose }: { made: TriggerWithSecret; onClose(): void }) {
  const call = `curl --fail --request POST '${url}' --header 'Authorization: Bearer ${secret}'`;
  return (
    <Dialog opened onClose={onClose} title="Call it like this">
      <ShownOnce
        what="the secret"
        pieces={[
          ["address of the webhook", url ?? ""],
          ["secret of the webhook", secret ?? ""],
          ["command that calls it", call],
        ]}
        onClose={onClose}
      >
        GitHub, Gitea and GitLab take it as the secret of a webhook.
      </ShownOnce>
    </Dialog>
  );
}

type OneProps = { job: Job; trigger: Trigger; onClose(): void };

export function RotateTrigger({ job, trigger, onClose }: OneProps) {
  const rotate = useRotateTrigger(job.id, trigger.id);
  if (rotate.data) return <Secret made={rotate.data} onClose={onClose} />;
  return (
    <Removal
      title="Make a new secret?"
      verb="Make a new secret"
      removing={rotate}
      onRemove={() => rotate.mutate(undefined)}
      onClose={onClose}
    >
      The present one ends at once: who calls with it is refused until the new one is entered there.
    </Removal>
  );
}

export function RemoveTrigger({ job, trigger, onClose }: OneProps) {
  const remove = useRemoveTrigger(job.id, trigger.id);
  return (
    <Removal
      title="Remove this trigger?"
      removing={remove}
      onRemove={() => remove.mutate(undefined, { onSuccess: onClose })}
      onClose={onClose}
    >
      “{sentenceOf(trigger)}” starts {job.name} no more. What it has started goes on.
    </Removal>
  );
}

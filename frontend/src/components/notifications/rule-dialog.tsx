/** Adding a notification rule, or changing one: where it tells, of what, about which branches. */
import { NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { type RulesOf, useAddRule, useChangeRule } from "@/lib/api/calls/notifications";
import { fieldError } from "@/lib/api/problem";
import type { NotificationChannels, NotificationRule } from "@/lib/api/types";
import { Dialog } from "../dialog";
import { DialogActs } from "../dialog-acts";
import form from "../forms.module.css";
import { ProblemNote } from "../problem-note";
import { Destination } from "./destination";
import { changeOf, EVENTS, ruleOf, USUAL, WHOSE } from "./model";

interface Props {
  of: RulesOf;
  known: NotificationChannels;
  /** Absent for a new one. */
  rule?: NotificationRule;
  onClose(): void;
}

const NAMED = ["channel", "destination", "events", "scope"];

export function RuleDialog({ of, known, rule, onClose }: Props) {
  const add = useAddRule(of);
  const change = useChangeRule(of, rule?.id ?? "");
  const usable = known.channels.filter(({ available, kind }) => available || kind === rule?.channel);
  const [kind, setKind] = useState<string>(rule?.channel ?? usable[0]?.kind ?? "");
  const channel = usable.find((one) => one.kind === kind);
  const error = add.error ?? change.error;
  const problem = (field: string) => fieldError(error, field);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!channel) return;
    const body = ruleOf(new FormData(event.currentTarget), channel);
    if (rule) change.mutate(changeOf(body, channel.fields), { onSuccess: onClose });
    else add.mutate(body, { onSuccess: onClose });
  };
  return (
    <Dialog opened onClose={onClose} title={rule ? `Change ${rule.label}` : "Add a rule"} size="lg">
      <form className={form.dialog} onSubmit={submit} noValidate>
        {!NAMED.some(problem) && <ProblemNote error={error} fields />}
        {!rule && (
          <NativeSelect
            label="Channel"
            value={kind}
            data-autofocus
            onChange={(event) => setKind(event.currentTarget.value)}
            data={usable.map((one) => ({ value: one.kind, label: one.title }))}
            error={problem("channel")}
          />
        )}
        {!rule && <NotHere known={known} />}
        {channel && <Destination key={kind} channel={channel} rule={rule} problem={problem} own={"own" in of} />}
        <Told known={known} rule={rule} problem={problem("events")} />
        <Scope of={of} rule={rule} problem={problem} />
        <DialogActs verb={rule ? "Save" : "Add"} busy={add.isPending || change.isPending} onClose={onClose} />
      </form>
    </Dialog>
  );
}

/** Channels that there would be, and what an admin has to do for them. */
function NotHere({ known: { channels } }: { known: NotificationChannels }) {
  const missing = channels.filter(({ available, because }) => !available && because);
  return missing.map(({ kind, title, because }) => (
    <p key={kind} className={form.note}>
      {title}: {because}
    </p>
  ));
}

interface ToldProps {
  known: NotificationChannels;
  rule: NotificationRule | undefined;
  problem: string | undefined;
}

function Told({ known, rule, problem }: ToldProps) {
  const told = rule?.events ?? USUAL;
  return (
    <fieldset className={form.choices}>
      <legend>It tells of</legend>
      {EVENTS.map(([event, name]) => (
        <label key={event} className={form.choice}>
          <input type="checkbox" name="events" value={event} defaultChecked={told.includes(event)} />
          <strong>{name}</strong>
          <span>{known.events.find(({ kind }) => kind === event)?.meaning}</span>
        </label>
      ))}
      {problem && (
        <p className={form.problem} role="alert">
          {problem}
        </p>
      )}
    </fieldset>
  );
}

interface ScopeProps {
  of: RulesOf;
  rule: NotificationRule | undefined;
  problem(field: string): string | undefined;
}

function Scope({ of, rule, problem }: ScopeProps) {
  return (
    <div className={form.two}>
      {"own" in of && (
        <NativeSelect
          label="Of which projects"
          name="projects"
          description="As far as you may see them"
          defaultValue={rule?.scope.projects ?? "mine"}
          data={WHOSE.map(([value, label]) => ({ value, label }))}
          error={problem("scope.projects")}
        />
      )}
      <TextInput
        label="Only on branches"
        name="branches"
        autoComplete="off"
        placeholder="main, release/*"
        defaultValue={rule?.scope.branches.join(", ") ?? ""}
        description="Globs, with commas between; left empty, every branch and tag"
        error={problem("scope.branches")}
      />
    </div>
  );
}

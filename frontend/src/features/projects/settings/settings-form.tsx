/** The frame of one settings form: what was refused, the bar that appears when something is not saved, and the question on leaving. */
import { Button } from "@mantine/core";
import { type FormEvent, Fragment, type ReactNode, useEffect, useState } from "react";
import { LeaveGuard } from "@/components/leave-guard";
import { Section } from "@/components/page";
import { ProblemNote } from "@/components/problem-note";
import classes from "./settings.module.css";
import { useDirty } from "./use-dirty";

interface Saving {
  error: unknown;
  isPending: boolean;
  isSuccess: boolean;
  reset(): void;
}

interface Props {
  title: string;
  /** The state of the mutation that saves. */
  saving: Saving;
  /** Whether what was refused is said beside a field already. */
  beside: boolean;
  /** Sends what the form holds, and calls `saved` when that is stored. */
  onSave(form: FormData, saved: () => void): void;
  onDirty?(dirty: boolean): void;
  children: ReactNode;
}

export function SettingsForm({ title, saving, beside, onSave, onDirty, children }: Props) {
  const { form, dirty, look, settle } = useDirty();
  const [round, setRound] = useState(0);
  // the fields are made anew from what is stored: also those that are never shown again, like secrets
  const renew = () => setRound((n) => n + 1);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new fields hold what is saved
  useEffect(settle, [round, settle]);
  useEffect(() => onDirty?.(dirty), [onDirty, dirty]);
  useEffect(() => {
    if (saving.error) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [saving.error, form]);
  const save = () => form.current && onSave(new FormData(form.current), renew);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save();
  };
  const discard = () => {
    saving.reset();
    renew();
  };
  return (
    <Section title={title} padded>
      <form ref={form} className={classes.form} onSubmit={submit} onChange={look} aria-label={title} noValidate>
        {!beside && <ProblemNote error={saving.error} fields />}
        <Fragment key={round}>{children}</Fragment>
        <SaveBar dirty={dirty} saving={saving} onDiscard={discard} />
      </form>
      <LeaveGuard dirty={dirty && !saving.isPending} onSave={save} />
    </Section>
  );
}

function SaveBar({ dirty, saving, onDiscard }: { dirty: boolean; saving: Saving; onDiscard(): void }) {
  return (
    <div className={classes.bar} data-dirty={dirty || undefined}>
      <span role="status">{dirty ? "Not saved yet" : saving.isSuccess ? "✓ Saved" : ""}</span>
      {dirty && (
        <>
          <Button variant="default" onClick={onDiscard}>
            Discard
          </Button>
          <Button type="submit" loading={saving.isPending}>
            Save
          </Button>
        </>
      )}
    </div>
  );
}

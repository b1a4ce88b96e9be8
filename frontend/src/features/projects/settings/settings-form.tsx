/** The frame of one settings form: what the server refused as a whole, and the button that saves. */
import { Button } from "@mantine/core";
import type { FormEvent, ReactNode } from "react";
import { Section } from "@/components/page";
import { asApiError } from "@/lib/api/problem";
import classes from "../projects.module.css";

interface Props {
  title: string;
  /** The state of the mutation that saves. */
  saving: { error: unknown; isPending: boolean; isSuccess: boolean };
  /** Whether what was refused is said beside a field already. */
  beside: boolean;
  onSave(form: FormData): void;
  children: ReactNode;
}

export function SettingsForm({ title, saving, beside, onSave, children }: Props) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    onSave(new FormData(event.currentTarget));
  };
  return (
    <Section title={title} padded>
      <form className={classes.form} onSubmit={submit} aria-label={title} noValidate>
        {saving.error !== null && !beside && (
          <p className={classes.alert} role="alert">
            {asApiError(saving.error).detail}
          </p>
        )}
        {children}
        <div className={classes.row}>
          <Button type="submit" loading={saving.isPending}>
            Save
          </Button>
          <span role="status">{saving.isSuccess && "Saved"}</span>
        </div>
      </form>
    </Section>
  );
}

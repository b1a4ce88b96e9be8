/** What a group is called, and how it is reached. */
import { Button } from "@mantine/core";
import type { FormEvent } from "react";
import form from "@/components/forms.module.css";
import { ProblemNote } from "@/components/problem-note";
import { TextField } from "@/components/text-field";
import { fieldError } from "@/lib/api/problem";
import type { Owner } from "@/lib/api/types";

interface Body {
  name: string;
  contact: string | null;
  url: string | null;
}

interface Props {
  label: string;
  action: string;
  owner?: Owner;
  saving: { error: unknown; isPending: boolean; isSuccess: boolean };
  onSave(body: Body): void;
}

const FIELDS = ["name", "contact", "url"];

export function OwnerForm({ label, action, owner, saving, onSave }: Props) {
  const problem = (field: string) => fieldError(saving.error, field);
  const of = { saved: owner, problem };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = (name: string) => String(new FormData(event.currentTarget).get(name) ?? "").trim();
    onSave({ name: text("name"), contact: text("contact") || null, url: text("url") || null });
  };
  return (
    <form className={form.form} onSubmit={submit} aria-label={label} noValidate>
      {!FIELDS.some(problem) && <ProblemNote error={saving.error} />}
      <TextField of={of} name="name" label="Name" required description="Like an organisation or team: acme, team-web" />
      <div className={form.two}>
        <TextField of={of} name="contact" label="Contact" description="Whom to ask: a channel, a person" />
        <TextField of={of} name="url" label="Page" type="url" description="An address, if there is one" />
      </div>
      <div className={form.row}>
        <Button type="submit" loading={saving.isPending}>
          {action}
        </Button>
        {owner && <span role="status">{saving.isSuccess && "✓ Saved"}</span>}
      </div>
    </form>
  );
}

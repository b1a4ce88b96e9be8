/** What a group is called, and how it is reached. */
import { Button, TextInput } from "@mantine/core";
import type { FormEvent } from "react";
import form from "@/components/forms.module.css";
import { ProblemNote } from "@/components/problem-note";
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
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = (name: string) => String(new FormData(event.currentTarget).get(name) ?? "").trim();
    onSave({ name: text("name"), contact: text("contact") || null, url: text("url") || null });
  };
  return (
    <form className={form.form} onSubmit={submit} aria-label={label} noValidate>
      {!FIELDS.some(problem) && <ProblemNote error={saving.error} />}
      <TextInput
        label="Name"
        name="name"
        required
        autoComplete="off"
        description="Like an organisation or team: acme, team-web"
        defaultValue={owner?.name}
        error={problem("name")}
      />
      <div className={form.two}>
        <TextInput
          label="Contact"
          name="contact"
          description="Whom to ask: a channel, a person"
          defaultValue={owner?.contact ?? ""}
          error={problem("contact")}
        />
        <TextInput
          label="Page"
          name="url"
          type="url"
          description="An address, if there is one"
          defaultValue={owner?.url ?? ""}
          error={problem("url")}
        />
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

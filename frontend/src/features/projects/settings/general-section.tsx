/** Name, repository, who is asked; what happens to a tree that meets an older one; how long events may take; the main switch. */
import { useState } from "react";
import form from "@/components/forms.module.css";
import { type FieldsOf, TextField } from "@/components/text-field";
import { fieldError } from "@/lib/api/problem";
import type { Project, ProjectChange } from "@/lib/api/types";
import { parseDuration } from "@/lib/time";
import { useChangeProject } from "../api/change-project";
import classes from "../projects.module.css";
import { OwnerFields } from "./owner-fields";
import { DEADLINES, type Deadline, RuleFields, ruleOf } from "./rule-fields";
import { SettingsForm } from "./settings-form";

const NAMED = [
  "name",
  "repository_url",
  "default_branch",
  "visibility",
  "owner",
  "contact",
  "owners_url",
  ...DEADLINES,
];

interface Props {
  project: Project;
  onRenamed(name: string): void;
}

export function GeneralSection({ project, onRenamed }: Props) {
  const change = useChangeProject(project.name);
  const [unread, setUnread] = useState<Deadline[]>([]);
  const save = (form: FormData, saved: () => void) => {
    const wrong = DEADLINES.filter((name) => parseDuration(String(form.get(name) ?? "")) === null);
    setUnread(wrong);
    if (wrong.length) return change.reset();
    change.mutate(generalOf(form), {
      onSuccess: ({ name }) => {
        saved();
        if (name !== project.name) onRenamed(name);
      },
    });
  };
  const problem = (name: string) =>
    unread.some((one) => one === name) ? "Write it like 45m or 1h 30m." : fieldError(change.error, name);
  return (
    <SettingsForm title="General" saving={change} beside={NAMED.some(problem)} onSave={save}>
      <label className={classes.choice}>
        <input type="checkbox" name="enabled" defaultChecked={project.enabled} />
        <strong>Enabled</strong>
        <span>
          Switched off, it opens no trees and is left out of those of others, with all that only it would set off.
        </span>
      </label>
      <NameFields of={{ saved: project, problem }} hosted={project.hosted} />
      <div className={form.two}>
        <OwnerFields project={project} problem={problem} />
      </div>
      <RuleFields project={project} problem={problem} />
    </SettingsForm>
  );
}

function NameFields({ of, hosted }: { of: FieldsOf<Project>; hosted: boolean }) {
  return (
    <>
      <TextField
        of={of}
        name="name"
        label="Name"
        required
        description="Addresses with the old name lead nowhere after a change; ids stay."
      />
      {hosted ? (
        <p className={form.note}>Its repository is hosted here: {of.saved?.clone_url}</p>
      ) : (
        <TextField of={of} name="repository_url" label="Repository address" type="url" />
      )}
      <div className={form.two}>
        <TextField
          of={of}
          name="default_branch"
          label="Default branch"
          description="Built where nothing else is said"
        />
        <TextField of={of} name="contact" label="Contact" description="Whom to ask: a team, a channel" />
      </div>
      <TextField
        of={of}
        name="owners_url"
        label="Page of its owners"
        type="url"
        description="An address, if there is one"
      />
    </>
  );
}

function generalOf(form: FormData): ProjectChange {
  const text = (name: string) => String(form.get(name) ?? "").trim();
  const address = text("repository_url");
  const seconds = (name: Deadline) => Math.round((parseDuration(text(name)) ?? 0) / 1000);
  return {
    enabled: form.has("enabled"),
    name: text("name"),
    default_branch: text("default_branch"),
    // whoever may not change them has them switched off, and does not send them
    ...(form.has("visibility") ? { visibility: text("visibility") === "public" ? "public" : "private" } : {}),
    ...(form.has("owner") ? { owner: text("owner") || null } : {}),
    contact: text("contact") || null,
    owners_url: text("owners_url") || null,
    ...(address ? { repository_url: address } : {}),
    on_new_event: ruleOf(form.get("on_new_event")),
    start_deadline_s: seconds("start_deadline_s"),
    finish_deadline_s: seconds("finish_deadline_s"),
  };
}

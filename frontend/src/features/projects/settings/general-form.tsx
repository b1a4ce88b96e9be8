import { NativeSelect, TextInput } from "@mantine/core";
import { fieldError } from "@/lib/api/problem";
import type { Project, ProjectChange } from "@/lib/api/types";
import { useChangeProject } from "../api/change-project";
import classes from "../projects.module.css";
import { SettingsForm } from "./settings-form";

const NAMED = ["name", "repository_url", "default_branch", "visibility", "contact", "owners_url"];

interface Props {
  project: Project;
  onRenamed(name: string): void;
}

/** Name, repository, who is asked; and the switch that takes the project out of all new trees. */
export function GeneralForm({ project, onRenamed }: Props) {
  const change = useChangeProject(project.name);
  const problem = (field: string) => fieldError(change.error, field);
  const save = (form: FormData) =>
    change.mutate(generalOf(form), {
      onSuccess: ({ name }) => {
        if (name !== project.name) onRenamed(name);
      },
    });
  return (
    <SettingsForm title="General" saving={change} beside={NAMED.some(problem)} onSave={save}>
      <label className={classes.choice}>
        <input type="checkbox" name="enabled" defaultChecked={project.enabled} />
        <strong>Enabled</strong>
        <span>
          Switched off, it opens no trees and is left out of those of others, with all that only it would set off.
        </span>
      </label>
      <TextInput label="Name" name="name" required defaultValue={project.name} error={problem("name")} />
      {!project.hosted && (
        <TextInput
          label="Repository address"
          name="repository_url"
          type="url"
          defaultValue={project.repository_url ?? ""}
          error={problem("repository_url")}
        />
      )}
      <div className={classes.two}>
        <TextInput
          label="Default branch"
          name="default_branch"
          defaultValue={project.default_branch}
          error={problem("default_branch")}
        />
        <NativeSelect
          label="Visible to"
          name="visibility"
          defaultValue={project.visibility}
          data={[
            { value: "private", label: "its members" },
            { value: "public", label: "everybody" },
          ]}
          error={problem("visibility")}
        />
        <TextInput
          label="Contact"
          name="contact"
          defaultValue={project.contact ?? ""}
          description="Whom to ask: a team, a channel"
          error={problem("contact")}
        />
        <TextInput
          label="Page of its owners"
          name="owners_url"
          type="url"
          defaultValue={project.owners_url ?? ""}
          description="An address, if there is one"
          error={problem("owners_url")}
        />
      </div>
    </SettingsForm>
  );
}

function generalOf(form: FormData): ProjectChange {
  const text = (name: string) => String(form.get(name) ?? "").trim();
  const address = text("repository_url");
  return {
    enabled: form.has("enabled"),
    name: text("name"),
    default_branch: text("default_branch"),
    visibility: text("visibility") === "public" ? "public" : "private",
    contact: text("contact") || null,
    owners_url: text("owners_url") || null,
    ...(address ? { repository_url: address } : {}),
  };
}

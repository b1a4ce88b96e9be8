import { Button, NativeSelect, TextInput } from "@mantine/core";
import type { FormEvent } from "react";
import form from "@/components/forms.module.css";
import { asApiError, fieldError } from "@/lib/api/problem";
import type { Project, ProjectCreate } from "@/lib/api/types";
import { useCreateProject } from "./api/create-project";
import classes from "./projects.module.css";
import { targetOf } from "./target/target-model";
import { TargetFields } from "./target-fields";

const NAMED = ["name", "repository_url", "default_branch", "visibility", "target"];

/** The least that a project needs; the rest has defaults. What the server refuses is said beside its field. */
export function ProjectForm({ onCreated }: { onCreated(project: Project): void }) {
  const create = useCreateProject();
  const problem = (field: string) => fieldError(create.error, field);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    create.mutate(bodyOf(new FormData(event.currentTarget)), { onSuccess: onCreated });
  };
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      {create.error && !NAMED.some(problem) && (
        <p className={classes.alert} role="alert">
          {asApiError(create.error).detail}
        </p>
      )}
      <TextInput
        label="Name"
        name="name"
        required
        autoFocus
        description="Letters, digits, dot, dash and underscore"
        error={problem("name")}
      />
      <TextInput
        label="Repository address"
        name="repository_url"
        type="url"
        description="Leave empty to have the repository hosted here"
        error={problem("repository_url")}
      />
      <div className={form.two}>
        <TextInput label="Default branch" name="default_branch" defaultValue="main" error={problem("default_branch")} />
        <NativeSelect
          label="Visible to"
          name="visibility"
          data={[
            { value: "private", label: "its members" },
            { value: "public", label: "everybody" },
          ]}
          error={problem("visibility")}
        />
      </div>
      <fieldset className={classes.fieldset}>
        <legend>What runs its pipeline</legend>
        <TargetFields problem={problem} />
      </fieldset>
      <div className={form.row}>
        <Button type="submit" loading={create.isPending}>
          Connect
        </Button>
      </div>
    </form>
  );
}

function bodyOf(form: FormData): ProjectCreate {
  const text = (name: string) => String(form.get(name) ?? "").trim();
  const filled = (name: string) => (text(name) ? { [name]: text(name) } : {});
  return {
    name: text("name"),
    visibility: text("visibility") === "public" ? "public" : "private",
    ...filled("repository_url"),
    ...filled("default_branch"),
    target: targetOf(form),
  };
}

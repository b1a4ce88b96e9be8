/** Which success is imagined: the fields that the address also holds. */
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { ProjectNames } from "@/components/project-names";
import { fieldError, isNotFound } from "@/lib/api/problem";
import type { Wanted } from "@/lib/paths";
import classes from "./preview.module.css";
import { wantedOf } from "./wanted";

interface Props {
  wanted: Wanted;
  /** Whether the project can be chosen too. */
  choose: boolean;
  action: string;
  busy: boolean;
  error: unknown;
  onWant(wanted: Wanted): void;
}

export function RefForm({ wanted, choose, action, busy, error, onWant }: Props) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    onWant(wantedOf(new FormData(event.currentTarget)));
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      {choose && <ProjectField project={wanted.project ?? ""} unknown={isNotFound(error) && error.detail} />}
      <TextInput
        label="Branch"
        name="branch"
        placeholder="the default branch"
        defaultValue={wanted.branch}
        error={fieldError(error, "branch")}
      />
      <TextInput label="Tag" name="tag" defaultValue={wanted.tag} error={fieldError(error, "tag")} />
      <TextInput
        label="Pipeline"
        name="pipeline"
        defaultValue={wanted.pipeline}
        error={fieldError(error, "pipeline")}
      />
      <Button type="submit" loading={busy}>
        {action}
      </Button>
    </form>
  );
}

function ProjectField({ project, unknown }: { project: string; unknown: ReactNode }) {
  const [typed, setTyped] = useState(project);
  return (
    <>
      <TextInput
        label="Project"
        name="project"
        required
        autoComplete="off"
        list="preview-projects"
        error={typed === project && unknown}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <ProjectNames id="preview-projects" typed={typed} />
    </>
  );
}

import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router";
import { Dialog } from "@/components/dialog";
import { asApiError, fieldError } from "@/lib/api/problem";
import type { Project } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useRunProject } from "./api/run-project";
import classes from "./projects.module.css";

/** Starts a build by hand and goes to its log. */
export function RunProject({ project }: { project: Project }) {
  const [open, setOpen] = useState(false);
  const run = useRunProject(project.name);
  const navigate = useNavigate();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const ref = String(new FormData(event.currentTarget).get("ref") ?? "").trim();
    run.mutate(ref, { onSuccess: (build) => void navigate(paths.build(build.id)) });
  };
  const beside = fieldError(run.error, "ref");
  return (
    <>
      <Button onClick={() => setOpen(true)}>Run…</Button>
      <Dialog opened={open} onClose={() => setOpen(false)} title={`Run ${project.name}`}>
        <form className={classes.dialog} onSubmit={submit}>
          {run.error && !beside && (
            <p className={classes.alert} role="alert">
              {asApiError(run.error).detail}
            </p>
          )}
          <TextInput
            label="Branch, tag or commit"
            name="ref"
            defaultValue={project.default_branch}
            data-autofocus
            error={beside}
          />
          <div className={classes.row}>
            <Button type="submit" loading={run.isPending}>
              Run
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}

import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useNavigate } from "react-router";
import { Dialog } from "@/components/dialog";
import { Section } from "@/components/page";
import { asApiError } from "@/lib/api/problem";
import type { Project } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useDeleteProject } from "./api/delete-project";
import classes from "./projects.module.css";

/** Deleting takes the name typed, and says what breaks. */
export function DeleteProject({ project }: { project: Project }) {
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const remove = useDeleteProject(project.name);
  const navigate = useNavigate();
  const waiting = project.downstream_count;
  return (
    <Section title="Delete" padded>
      <div className={classes.danger}>
        <p className="muted">
          {waiting
            ? `${waiting} ${waiting === 1 ? "project waits" : "projects wait"} for it.`
            : "Nothing waits for it."}
        </p>
        <Button variant="outline" color="danger" onClick={() => setOpen(true)}>
          Delete {project.name}…
        </Button>
      </div>
      <Dialog opened={open} onClose={() => setOpen(false)} title={`Delete ${project.name}?`}>
        <div className={classes.dialog}>
          <p>
            Its dependencies, tokens, builds and logs go with it
            {project.hosted ? ", and the repository that is hosted here" : ""}.
            {waiting > 0 && ` ${waiting} ${waiting === 1 ? "project" : "projects"} will no longer be set off by it.`}
          </p>
          {remove.error && (
            <p className={classes.alert} role="alert">
              {asApiError(remove.error).detail}
            </p>
          )}
          <TextInput
            label={`Type ${project.name} to go on`}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            data-autofocus
            autoComplete="off"
          />
          <div className={classes.row}>
            <Button
              color="danger"
              disabled={typed !== project.name}
              loading={remove.isPending}
              onClick={() => remove.mutate(undefined, { onSuccess: () => void navigate(paths.projects()) })}
            >
              Delete for ever
            </Button>
          </div>
        </div>
      </Dialog>
    </Section>
  );
}

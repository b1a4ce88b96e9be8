/** Deleting takes the name typed, and says what breaks. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { DeleteDialog } from "@/components/delete-dialog";
import form from "@/components/forms.module.css";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import type { Dependency, Project } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useDeleteProject } from "../api/delete-project";
import { useDependencies } from "../api/get-dependencies";

/** How many are named; the rest is a number. */
const NAMED = 10;

export function DangerSection({ project }: { project: Project }) {
  const [open, setOpen] = useState(false);
  const may = project.role === "owner";
  return (
    <Section title="Delete" padded>
      <div className={form.stack}>
        <Loaded query={useDependencies(project.name)} rows={2}>
          {({ downstream }) => <Waiting edges={downstream} />}
        </Loaded>
        <p className="in-text">
          If it should only rest, switch it off in <Link to={paths.projectSettings(project.name)}>General</Link>:
          nothing is lost then.
        </p>
        <div className={form.row}>
          <Button variant="outline" color="danger" disabled={!may} onClick={() => setOpen(true)}>
            Delete {project.name}…
          </Button>
          {!may && <span className="muted">Only its owners may delete it.</span>}
        </div>
      </div>
      {open && <ForEver project={project} onClose={() => setOpen(false)} />}
    </Section>
  );
}

function Waiting({ edges }: { edges: readonly Dependency[] }) {
  if (!edges.length) return <p>No project waits for this one.</p>;
  return (
    <p className="in-text">
      <strong>
        {edges.length === 1 ? "1 project waits" : `${edges.length} projects wait`} for this one and would no longer be
        set off by it:
      </strong>{" "}
      {edges.slice(0, NAMED).map(({ id, downstream }, i) => (
        <span key={id}>
          {i > 0 && ", "}
          <Link to={paths.project(downstream.name)}>{downstream.name}</Link>
        </span>
      ))}
      {edges.length > NAMED && ` and ${edges.length - NAMED} more`}.
    </p>
  );
}

function ForEver({ project, onClose }: { project: Project; onClose(): void }) {
  const { name, hosted, downstream_count: waiting } = project;
  const remove = useDeleteProject(name);
  const navigate = useNavigate();
  return (
    <DeleteDialog
      name={name}
      removing={remove}
      onRemove={() => remove.mutate(undefined, { onSuccess: () => void navigate(paths.projects()) })}
      onClose={onClose}
    >
      Its dependencies, tokens, builds and logs go with it{hosted ? ", and the repository that is hosted here" : ""}.
      {waiting > 0 && ` ${waiting} ${waiting === 1 ? "project" : "projects"} will no longer be set off by it.`} Trees
      that it took part in keep its name. This cannot be taken back.
    </DeleteDialog>
  );
}

/** How a job is set up: what it builds, where it stands, whether it runs at all, and its end. */
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Link, useNavigate } from "react-router";
import { DeleteDialog } from "@/components/delete-dialog";
import { Empty } from "@/components/empty";
import form from "@/components/forms.module.css";
import { Section } from "@/components/page";
import { ProblemNote } from "@/components/problem-note";
import { fieldError } from "@/lib/api/problem";
import type { Job } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { TOP } from "./api/folders";
import { useChangeJob, useDeleteJob } from "./api/jobs";
import { FolderNames } from "./folder-names";
import { copiesText, mayChange } from "./job-words";

export function SettingsTab({ job }: { job: Job }) {
  if (!mayChange(job))
    return (
      <Empty title={`You may see ${job.name}, but not change it`} level="h2">
        That is for the maintainers and owners of{" "}
        <Link to={paths.project(job.project.name)}>its project {job.project.name}</Link>.
      </Empty>
    );
  return (
    <>
      {!job.copied_from && <General job={job} />}
      <Enabled job={job} />
      {!job.copied_from && <Place job={job} />}
      <Delete job={job} />
    </>
  );
}

function General({ job }: { job: Job }) {
  const change = useChangeJob(job.id);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const sent = new FormData(event.currentTarget);
    const text = (name: string) => String(sent.get(name) ?? "").trim();
    change.mutate({ title: text("title"), ref: text("ref") || null, checkout: sent.has("checkout") });
  };
  const problem = (field: string) => fieldError(change.error, field);
  return (
    <Section title="What it builds" padded>
      <form className={form.form} onSubmit={submit} aria-label="What it builds" noValidate>
        {!["title", "ref", "checkout"].some(problem) && <ProblemNote error={change.error} fields />}
        <TextInput
          label="Title"
          name="title"
          defaultValue={job.title}
          description="What it is for, in a few words"
          error={problem("title")}
        />
        <TextInput
          label="Branch, tag or commit"
          name="ref"
          defaultValue={job.ref ?? ""}
          placeholder="the project's default branch"
          description="Unless a start says otherwise"
          autoComplete="off"
          error={problem("ref")}
        />
        <label className={form.choice}>
          <input type="checkbox" name="checkout" defaultChecked={job.checkout} />
          <strong>Check the source out</strong>
          <span>Switched off, builds begin in an empty folder; the definition must be kept here then.</span>
        </label>
        <div className={form.row}>
          <Button type="submit" loading={change.isPending}>
            Save
          </Button>
          <span role="status">{change.isSuccess ? "✓ Saved" : ""}</span>
        </div>
      </form>
    </Section>
  );
}

function Enabled({ job }: { job: Job }) {
  const change = useChangeJob(job.id);
  return (
    <Section title={job.enabled ? "Switch off" : "Switch on"} padded>
      <div className={form.stack}>
        <p>
          {job.enabled
            ? "Switched off, nothing starts it: no person, no trigger, no tree. Its builds and settings stay."
            : "It is switched off: nothing starts it. Turns of schedules that pass meanwhile are not made up for."}
        </p>
        <ProblemNote error={change.error} />
        <div className={form.row}>
          <Button variant="default" loading={change.isPending} onClick={() => change.mutate({ enabled: !job.enabled })}>
            {job.enabled ? "Switch off" : "Switch on"}
          </Button>
        </div>
      </div>
    </Section>
  );
}

function Place({ job }: { job: Job }) {
  const navigate = useNavigate();
  const move = useChangeJob(job.id, ({ path }) => navigate(paths.job(path, "settings"), { replace: true }));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const sent = new FormData(event.currentTarget);
    const text = (name: string) => String(sent.get(name) ?? "").trim();
    move.mutate({ name: text("name"), folder: text("folder") || TOP });
  };
  const problem = (field: string) => fieldError(move.error, field);
  return (
    <Section title="Name and folder" padded>
      <form className={form.form} onSubmit={submit} aria-label="Name and folder" noValidate>
        <p>Its copies move along. Builds that ran stay where their files are; the old address leads nowhere.</p>
        {!["name", "folder"].some(problem) && <ProblemNote error={move.error} fields />}
        <div className={form.two}>
          <TextInput label="Name" name="name" defaultValue={job.name} autoComplete="off" error={problem("name")} />
          <FolderNames
            key={job.folder?.path}
            label="Folder"
            name="folder"
            folder={job.folder?.path ?? ""}
            error={problem("folder")}
          />
        </div>
        <div className={form.row}>
          <Button type="submit" variant="default" loading={move.isPending}>
            Move
          </Button>
        </div>
      </form>
    </Section>
  );
}

function Delete({ job }: { job: Job }) {
  const [open, setOpen] = useState(false);
  return (
    <Section title="Delete" padded>
      <div className={form.stack}>
        <p>Builds that have ended stay with their logs, as long as builds are kept.</p>
        <div className={form.row}>
          <Button variant="outline" color="danger" onClick={() => setOpen(true)}>
            Delete {job.name}…
          </Button>
        </div>
      </div>
      {open && <ForEver job={job} onClose={() => setOpen(false)} />}
    </Section>
  );
}

function ForEver({ job, onClose }: { job: Job; onClose(): void }) {
  const navigate = useNavigate();
  const remove = useDeleteJob(job.id, () => navigate(paths.jobs(job.folder?.path)));
  const copies = copiesText(job.copies);
  return (
    <DeleteDialog name={job.name} removing={remove} onRemove={() => remove.mutate(undefined)} onClose={onClose}>
      Its definition, its triggers and its links to repositories go with it
      {copies ? `, and its copies for ${copies}` : ""}. Its builds stay. This cannot be taken back.
    </DeleteDialog>
  );
}

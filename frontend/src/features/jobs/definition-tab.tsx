/** What a job runs: the definition that is kept here, which each change makes a version of, or the repository's own. */
import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import form from "@/components/forms.module.css";
import { Section } from "@/components/page";
import { ProblemNote } from "@/components/problem-note";
import { fieldError } from "@/lib/api/problem";
import type { Job } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useChangeJob } from "./api/jobs";
import { DefinitionEditor, type Draft } from "./definition-editor";
import { DefinitionVersions } from "./definition-versions";
import { mayChange, sourceOf } from "./job-words";
import classes from "./jobs.module.css";
import { TEMPLATES } from "./templates";

export function DefinitionTab({ job }: { job: Job }) {
  const [draft, setDraft] = useState<Draft | null>(null);
  const own = mayChange(job) && !job.copied_from;
  const begin = () => setDraft({ base: 0, format: "job", text: TEMPLATES[0]?.text ?? "" });
  const kept = keptOf(job);
  return (
    <>
      {kept || draft ? (
        <DefinitionEditor
          job={job}
          kept={kept}
          draft={draft ?? kept ?? { base: 0, format: "job", text: "" }}
          own={own}
          onDraft={setDraft}
        />
      ) : (
        <OfRepository job={job} own={own} onBegin={begin} />
      )}
      <DefinitionVersions job={job} onTake={own ? setDraft : undefined} />
    </>
  );
}

function keptOf({ definition }: Job): Draft | null {
  return definition && { base: definition.number, format: definition.format, text: definition.text };
}

function OfRepository({ job, own, onBegin }: { job: Job; own: boolean; onBegin(): void }) {
  return (
    <Section
      title="The repository's own"
      padded
      actions={
        own && (
          <Button size="xs" variant="default" onClick={onBegin}>
            Keep a definition here instead
          </Button>
        )
      }
    >
      <div className={form.stack}>
        <p className="in-text">
          Each build reads {sourceOf(job)}, at the commit that it builds.{" "}
          {!job.file && "An agent looks for .factory/*.hcl, .flow.yml and .domino/job.yml, in this order. "}
          <Link to={paths.help("pipelines")}>How definitions are written</Link>
        </p>
        {own && <FileForm job={job} />}
      </div>
    </Section>
  );
}

function FileForm({ job }: { job: Job }) {
  const change = useChangeJob(job.id);
  const problem = fieldError(change.error, "file");
  return (
    <form
      className={classes.line}
      aria-label="File of the definition"
      onSubmit={(event) => {
        event.preventDefault();
        const file = String(new FormData(event.currentTarget).get("file") ?? "").trim();
        change.mutate({ file: file || null });
      }}
    >
      <TextInput
        label="File"
        name="file"
        defaultValue={job.file ?? ""}
        placeholder="where agents look for it"
        autoComplete="off"
        error={problem}
      />
      <Button type="submit" variant="default" loading={change.isPending}>
        Save
      </Button>
      <span role="status">{change.isSuccess ? "✓ Saved" : ""}</span>
      {!problem && <ProblemNote error={change.error} fields />}
    </form>
  );
}

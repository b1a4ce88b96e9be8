/** Changing the definition that is kept of a job. Nothing typed is lost: not to another save, nor by leaving. */
import { Button } from "@mantine/core";
import { useState } from "react";
import form from "@/components/forms.module.css";
import { LeaveGuard } from "@/components/leave-guard";
import { Section } from "@/components/page";
import { ProblemNote } from "@/components/problem-note";
import { Removal } from "@/components/removal";
import { SelectBox } from "@/components/select-box";
import type { Job } from "@/lib/api/types";
import { useDropDefinition, useSaveDefinition } from "./api/jobs";
import { DefinitionField } from "./definition-field";
import classes from "./jobs.module.css";
import { TemplateCards } from "./template-cards";
import { FORMAT_NAME, type Format, isFormat } from "./templates";

export interface Draft {
  /** The version that is edited; 0 where there is none yet. */
  base: number;
  format: Format;
  text: string;
}

interface Props {
  job: Job;
  kept: Draft | null;
  draft: Draft;
  own: boolean;
  /** Null: what is kept is shown again. */
  onDraft(draft: Draft | null): void;
}

export function DefinitionEditor({ job, kept, draft, own, onDraft }: Props) {
  const save = useSaveDefinition(job.id);
  const dirty = draft.text !== kept?.text || draft.format !== kept?.format;
  const store = () => save.mutate(draft, { onSuccess: () => onDraft(null) });
  const discard = () => {
    save.reset();
    onDraft(null);
  };
  // what is typed is a change of the version that was looked at, also when somebody saves another one meanwhile
  const change = (some: Partial<Draft>) => onDraft({ ...draft, ...some });
  return (
    <Section
      title={kept ? `Version ${draft.base}${dirty ? ", changed" : ""}` : "A definition that is kept here"}
      padded
      actions={
        own ? (
          <SelectBox
            label="Format"
            value={draft.format}
            onChange={(format) => isFormat(format) && change({ format })}
            options={Object.entries(FORMAT_NAME)}
          />
        ) : (
          <span className="muted">{FORMAT_NAME[draft.format]}</span>
        )
      }
    >
      <div className={form.stack}>
        {!kept && (
          <TemplateCards
            chosen={draft.format}
            onChoose={({ key, text }) => key !== "repository" && change({ format: key, text })}
          />
        )}
        <DefinitionField
          format={draft.format}
          text={draft.text}
          readOnly={!own}
          onChange={(text) => change({ text })}
        />
        <ProblemNote error={save.error} fields />
        {own && <Bar job={job} kept={kept} dirty={dirty} saving={save} onSave={store} onDiscard={discard} />}
      </div>
      <LeaveGuard dirty={dirty && own && !save.isPending} onSave={store} part="tab" />
    </Section>
  );
}

interface BarProps {
  job: Job;
  kept: Draft | null;
  dirty: boolean;
  saving: { isPending: boolean; isSuccess: boolean };
  onSave(): void;
  onDiscard(): void;
}

function Bar({ job, kept, dirty, saving, onSave, onDiscard }: BarProps) {
  const [dropping, setDropping] = useState(false);
  return (
    <div className={classes.bar}>
      <span role="status">{dirty ? "Not saved yet" : saving.isSuccess ? "✓ Saved" : ""}</span>
      {dirty && (
        <>
          <Button variant="default" onClick={onDiscard}>
            Discard
          </Button>
          <Button loading={saving.isPending} onClick={onSave}>
            {kept ? `Save as version ${kept.base + 1}` : "Save"}
          </Button>
        </>
      )}
      {!dirty && job.checkout && (
        <Button variant="default" onClick={() => setDropping(true)}>
          Run the repository's own…
        </Button>
      )}
      {dropping && <Drop job={job} onClose={() => setDropping(false)} />}
    </div>
  );
}

function Drop({ job, onClose }: { job: Job; onClose(): void }) {
  const drop = useDropDefinition(job.id);
  return (
    <Removal
      title="Run the repository's own definition?"
      verb="Run the repository's own"
      removing={drop}
      onRemove={() => drop.mutate(undefined, { onSuccess: onClose })}
      onClose={onClose}
    >
      From now on each build reads {job.file ?? "the definition"} from the commit that it builds. The versions that were
      kept here stay to be looked at, and can be taken up again.
    </Removal>
  );
}

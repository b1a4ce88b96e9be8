/** Where its pipeline runs, whether that can be used, and what the pipeline itself needs. */
import { useState } from "react";
import { fieldError } from "@/lib/api/problem";
import type { Project } from "@/lib/api/types";
import { useChangeProject } from "../api/change-project";
import classes from "../projects.module.css";
import { PipelineSnippet } from "../target/pipeline-snippet";
import { NAMED, targetOf } from "../target/target-model";
import { TargetFields } from "../target-fields";
import { ConnectionSteps } from "./connection-steps";
import { SettingsForm } from "./settings-form";
import { VendorHook } from "./vendor-hook";

export function TargetSection({ project }: { project: Project }) {
  const change = useChangeProject(project.name);
  const [dirty, setDirty] = useState(false);
  const [saves, setSaves] = useState(0);
  const problem = (field: string) => fieldError(change.error, field);
  const save = (form: FormData, saved: () => void) =>
    change.mutate(
      { target: targetOf(form), accept_event_token: form.has("accept_event_token") },
      {
        onSuccess: () => {
          saved();
          setSaves((n) => n + 1);
        },
      },
    );
  const { kind } = project.target;
  return (
    <>
      <SettingsForm
        title="What runs its pipeline"
        saving={change}
        beside={NAMED.some(problem)}
        onSave={save}
        onDirty={setDirty}
      >
        <TargetFields target={project.target} problem={problem} />
        <label className={classes.choice}>
          <input type="checkbox" name="accept_event_token" defaultChecked={project.accept_event_token} />
          <strong>Results need no project token</strong>
          <span>
            The token that goes along with each trigger is then enough to report its result. It is good for that one
            event only.
          </span>
        </label>
      </SettingsForm>
      <ConnectionSteps key={saves} project={project} dirty={dirty} />
      <PipelineSnippet project={project} saved={saves} />
      {(kind === "gitlab" || kind === "github") && <VendorHook key={kind} project={project} vendor={kind} />}
    </>
  );
}

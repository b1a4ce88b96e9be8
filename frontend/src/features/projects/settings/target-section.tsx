/** Where its pipeline runs, and whether that can be used. */
import { useState } from "react";
import { fieldError } from "@/lib/api/problem";
import type { Project } from "@/lib/api/types";
import { useChangeProject } from "../api/change-project";
import classes from "../projects.module.css";
import { TargetFields, targetOf } from "../target-fields";
import { ConnectionSteps } from "./connection-steps";
import { SettingsForm } from "./settings-form";

const NAMED = ["target.kind", "target.pipeline", "target.url", "target.cancel_url", "target.secret"];

export function TargetSection({ project }: { project: Project }) {
  const change = useChangeProject(project.name);
  const [dirty, setDirty] = useState(false);
  const problem = (field: string) => fieldError(change.error, field);
  const save = (form: FormData, saved: () => void) =>
    change.mutate(
      { target: targetOf(form), accept_event_token: form.has("accept_event_token") },
      { onSuccess: () => saved() },
    );
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
      <ConnectionSteps project={project} dirty={dirty} />
    </>
  );
}

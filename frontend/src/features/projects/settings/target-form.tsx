import { fieldError } from "@/lib/api/problem";
import type { Project } from "@/lib/api/types";
import { useChangeProject } from "../api/change-project";
import { TargetFields, targetOf } from "../target-fields";
import { SettingsForm } from "./settings-form";

const NAMED = ["target.kind", "target.pipeline", "target.url", "target.cancel_url", "target.secret"];

/** Where its pipeline runs. */
export function TargetForm({ project }: { project: Project }) {
  const change = useChangeProject(project.name);
  const problem = (field: string) => fieldError(change.error, field);
  const save = (form: FormData) => change.mutate({ target: targetOf(form) });
  return (
    <SettingsForm title="What runs its pipeline" saving={change} beside={NAMED.some(problem)} onSave={save}>
      <TargetFields target={project.target} problem={problem} />
    </SettingsForm>
  );
}

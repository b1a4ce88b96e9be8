/** Adding an upstream, and changing the rules of a dependency that is there. */
import { useState } from "react";
import { Dialog } from "@/components/dialog";
import { asApiError } from "@/lib/api/problem";
import type { Dependency, Project } from "@/lib/api/types";
import { useAddDependency } from "./api/add-dependency";
import { useChangeDependency } from "./api/change-dependency";
import { useProject } from "./api/get-project";
import { ConsentRefusal } from "./consent-refusal";
import { DependencyForm } from "./dependency-form";
import { rulesOf } from "./dependency-model";
import { UpstreamField } from "./upstream-field";

export function AddDependency({ project, onClose }: { project: Project; onClose(): void }) {
  const add = useAddDependency(project.name);
  const [upstream, setUpstream] = useState("");
  const save = (form: FormData) =>
    add.mutate({ upstream: String(form.get("upstream") ?? "").trim(), ...rulesOf(form) }, { onSuccess: onClose });
  return (
    <Dialog opened onClose={onClose} title={`What must ${project.name} be rebuilt after?`} size="lg">
      <DependencyForm
        action="Add"
        saving={add}
        branch={project.default_branch}
        upstream={upstream}
        downstream={project.name}
        refusal={
          asApiError(add.error).consent && (
            <ConsentRefusal error={add.error} project={project.name} upstream={add.variables?.upstream ?? ""} />
          )
        }
        onSave={save}
      >
        <UpstreamField not={project.name} error={add.error} onKnown={setUpstream} />
      </DependencyForm>
    </Dialog>
  );
}

export function ChangeDependency({ edge, onClose }: { edge: Dependency; onClose(): void }) {
  const { upstream, downstream, id } = edge;
  const change = useChangeDependency(downstream.name, id);
  const branch = useProject(downstream.name).data?.default_branch ?? "its default branch";
  return (
    <Dialog opened onClose={onClose} title={`${upstream.name} → ${downstream.name}`} size="lg">
      <DependencyForm
        action="Save"
        rules={edge}
        saving={change}
        branch={branch}
        upstream={upstream.name}
        downstream={downstream.name}
        onSave={(form) => change.mutate(rulesOf(form), { onSuccess: onClose })}
      />
    </Dialog>
  );
}

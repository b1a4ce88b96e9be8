/** Adding an upstream, and changing the rules of a dependency that is there. */
import { Dialog } from "@/components/dialog";
import type { Dependency, Project } from "@/lib/api/types";
import { useAddDependency } from "./api/add-dependency";
import { useChangeDependency } from "./api/change-dependency";
import { useProject } from "./api/get-project";
import { DependencyForm } from "./dependency-form";
import { rulesOf } from "./dependency-model";
import { UpstreamField } from "./upstream-field";

export function AddDependency({ project, onClose }: { project: Project; onClose(): void }) {
  const add = useAddDependency(project.name);
  const save = (form: FormData) =>
    add.mutate({ upstream: String(form.get("upstream") ?? "").trim(), ...rulesOf(form) }, { onSuccess: onClose });
  return (
    <Dialog opened onClose={onClose} title={`What must ${project.name} be rebuilt after?`} size="lg">
      <DependencyForm action="Add" saving={add} branch={project.default_branch} onSave={save}>
        <UpstreamField not={project.name} error={add.error} />
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
        onSave={(form) => change.mutate(rulesOf(form), { onSuccess: onClose })}
      />
    </Dialog>
  );
}

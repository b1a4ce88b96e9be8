import { RunForm as Form } from "@/components/run-form";
import type { Project } from "@/lib/api/types";
import { useAskedParameters } from "./api/get-asked-parameters";
import { useRunProject } from "./api/run-project";

/** Asks for what the project's last build asked for. */
export function RunForm({ project }: { project: Project }) {
  const { asked, error } = useAskedParameters(project.name);
  const run = useRunProject(project.name);
  return <Form name={project.name} usualRef={project.default_branch} asked={asked} unknown={error} run={run} />;
}

/** Whose it is and who sees it: what only its owners may change. */
import { NativeSelect } from "@mantine/core";
import { useOwners } from "@/lib/api/calls/get-owners";
import type { Project } from "@/lib/api/types";

interface Props {
  project: Project;
  problem(field: string): string | undefined;
}

export function OwnerFields({ project, problem }: Props) {
  const may = project.role === "owner";
  const why = may ? null : "Only its owners may change this. ";
  const names = useOwners().data?.items.map((owner) => owner.name) ?? [];
  const all = [...new Set([...(project.owner ? [project.owner.name] : []), ...names])].sort();
  return (
    <>
      <NativeSelect
        label="Visible to"
        name="visibility"
        disabled={!may}
        defaultValue={project.visibility}
        data={[
          { value: "private", label: "its members" },
          { value: "public", label: "everybody who is signed in" },
        ]}
        description={`${why ?? ""}Others see a box without a name in trees`}
        error={problem("visibility")}
      />
      <NativeSelect
        // the groups come after the project
        key={all.join()}
        label="Owner"
        name="owner"
        disabled={!may}
        defaultValue={project.owner?.name ?? ""}
        data={[{ value: "", label: "nobody but its members" }, ...all.map((value) => ({ value, label: value }))]}
        description={`${why ?? ""}A group, whose members have their role here too`}
        error={problem("owner")}
      />
    </>
  );
}

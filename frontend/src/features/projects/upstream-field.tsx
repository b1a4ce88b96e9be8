import { TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { ProjectNames } from "@/components/project-names";
import { itemsOf } from "@/components/rows-of-pages";
import { useProjects } from "@/lib/api/calls/get-projects";
import { refused } from "./dependency-model";

interface Props {
  not: string;
  error: unknown;
  /** Told what is typed as soon as a project is called that; nothing before. */
  onKnown(name: string): void;
}

/** Suggests projects while typing; the server decides whether the name is one. */
export function UpstreamField({ not, error, onKnown }: Props) {
  const [typed, setTyped] = useState("");
  const wanted = typed.trim();
  const { data } = useProjects(wanted);
  const known = wanted && wanted !== not && data && itemsOf(data).some(({ name }) => name === wanted) ? wanted : "";
  useEffect(() => onKnown(known), [known, onKnown]);
  return (
    <>
      <TextInput
        label="Upstream project"
        name="upstream"
        required
        data-autofocus
        list="upstream-names"
        autoComplete="off"
        error={refused(error, "upstream")}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <ProjectNames id="upstream-names" typed={typed} not={not} />
    </>
  );
}

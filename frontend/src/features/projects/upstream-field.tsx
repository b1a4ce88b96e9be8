import { TextInput } from "@mantine/core";
import { useState } from "react";
import { ProjectNames } from "@/components/project-names";
import { refused } from "./dependency-model";

/** Suggests projects while typing; the server decides whether the name is one. */
export function UpstreamField({ not, error }: { not: string; error: unknown }) {
  const [typed, setTyped] = useState("");
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

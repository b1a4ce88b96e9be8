/** A dependency between any two projects, added with the graph in view: a cycle that it would close is lit there. */
import { TextInput } from "@mantine/core";
import { useCallback, useRef, useState } from "react";
import { ProjectNames } from "@/components/project-names";
import { asApiError } from "@/lib/api/problem";
import { useAddDependency } from "../api/add-dependency";
import { DependencyForm } from "../dependency-form";
import { rulesOf } from "../dependency-model";
import { UpstreamField } from "../upstream-field";
import classes from "./graph-page.module.css";

export interface Cycle {
  downstream: string;
  /** Begins and ends with the upstream that was wished for. */
  path: readonly string[];
}

interface Props {
  /** What the form begins with. */
  downstream: string;
  onCycle(cycle: Cycle | null): void;
  onClose(): void;
}

export function AddEdge({ downstream, onCycle, onClose }: Props) {
  const [name, setName] = useState(downstream);
  const [upstream, setUpstream] = useState("");
  const add = useAddDependency(name.trim());
  const top = useRef<HTMLElement>(null);
  const known = useCallback((found: string) => setUpstream(found), []);
  const save = (form: FormData) => {
    onCycle(null);
    add.mutate(
      { upstream: String(form.get("upstream") ?? "").trim(), ...rulesOf(form) },
      {
        onSuccess: onClose,
        onError: (error) => {
          const path = asApiError(error).cycle;
          onCycle(path ? { downstream: path[1] ?? name.trim(), path } : null);
          // what was refused is said at the head of a form that is longer than the screen
          top.current?.scrollIntoView({ block: "start" });
        },
      },
    );
  };
  return (
    <section ref={top} className={classes.form} aria-label="Add a dependency">
      <h2>Add a dependency</h2>
      <DependencyForm
        action="Add"
        saving={add}
        branch="its default branch"
        upstream={upstream}
        downstream={name.trim()}
        onSave={save}
      >
        <UpstreamField not={name.trim()} error={add.error} onKnown={known} />
        <TextInput
          label="Project that waits for it"
          name="downstream"
          required
          list="downstream-names"
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <ProjectNames id="downstream-names" typed={name} />
      </DependencyForm>
    </section>
  );
}

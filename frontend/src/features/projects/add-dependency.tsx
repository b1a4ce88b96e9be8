import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Dialog } from "@/components/dialog";
import { itemsOf } from "@/components/rows-of-pages";
import { useProjects } from "@/lib/api/calls/get-projects";
import { asApiError, fieldError } from "@/lib/api/problem";
import type { DependencyCreate, Project } from "@/lib/api/types";
import { useAddDependency } from "./api/add-dependency";
import classes from "./projects.module.css";

interface Props {
  project: Project;
  opened: boolean;
  onClose(): void;
}

/** The form for one more upstream; a cycle is shown as the path that it would close. */
export function AddDependency({ project, opened, onClose }: Props) {
  const add = useAddDependency(project.name);
  const close = () => {
    add.reset();
    onClose();
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    add.mutate(bodyOf(new FormData(event.currentTarget)), { onSuccess: close });
  };
  return (
    <Dialog opened={opened} onClose={close} title={`What must ${project.name} be rebuilt after?`} size="lg">
      <form className={classes.dialog} onSubmit={submit}>
        {add.error && <Refusal error={add.error} />}
        <UpstreamField not={project.name} error={fieldError(add.error, "upstream")} />
        <div className={classes.two}>
          <NativeSelect
            label="With several parents in one tree"
            name="join"
            data={[
              { value: "all", label: "once, after all of them" },
              { value: "each", label: "once after each" },
            ]}
            error={fieldError(add.error, "join")}
          />
          <RefFields error={fieldError(add.error, "ref")} branch={project.default_branch} />
        </div>
        <div className={classes.two}>
          <TextInput
            label="Only branches"
            name="branches.include"
            description="Globs, separated by commas"
            error={fieldError(add.error, "filters")}
          />
          <TextInput label="Not branches" name="branches.exclude" description="Globs, separated by commas" />
          <TextInput label="Only tags" name="tags.include" />
          <TextInput label="Not tags" name="tags.exclude" />
        </div>
        <div className={classes.row}>
          <Button type="submit" loading={add.isPending}>
            Add
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Suggests projects while typing; the server decides whether the name is one. */
function UpstreamField({ not, error }: { not: string; error: string | undefined }) {
  const [typed, setTyped] = useState("");
  const { data } = useProjects(typed.trim());
  const names = data ? itemsOf(data).map((project) => project.name) : [];
  return (
    <>
      <TextInput
        label="Upstream project"
        name="upstream"
        required
        data-autofocus
        list="upstream-names"
        autoComplete="off"
        error={error}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <datalist id="upstream-names">
        {names
          .filter((name) => name !== not)
          .map((name) => (
            <option key={name} value={name} />
          ))}
      </datalist>
    </>
  );
}

function RefFields({ branch, error }: { branch: string; error: string | undefined }) {
  const [use, setUse] = useState("default");
  return (
    <>
      <NativeSelect
        label="Which ref is built"
        name="ref"
        value={use}
        onChange={(event) => setUse(event.currentTarget.value)}
        data={[
          { value: "default", label: `the default branch, ${branch}` },
          { value: "same", label: "the upstream's branch, if it exists" },
          { value: "fixed", label: "always this one:" },
        ]}
        error={use === "fixed" ? undefined : error}
      />
      {use === "fixed" && <TextInput label="Ref" name="ref_value" required error={error} />}
    </>
  );
}

function Refusal({ error }: { error: unknown }) {
  const { detail, cycle, fields } = asApiError(error);
  if (!cycle && Object.keys(fields).length > 0) return null;
  return (
    <div className={classes.alert} role="alert">
      {detail}
      {cycle && (
        <ol className={classes.chips} aria-label="The cycle">
          {cycle.map((name, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the first name comes again at the end, and the list never moves
            <li key={i}>
              <span className={classes.chip}>{name}</span>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

function bodyOf(form: FormData): DependencyCreate {
  const text = (name: string) => String(form.get(name) ?? "").trim();
  const globs = (name: string) =>
    text(name)
      .split(",")
      .map((glob) => glob.trim())
      .filter(Boolean);
  const both = (kind: string) => ({ include: globs(`${kind}.include`), exclude: globs(`${kind}.exclude`) });
  const use = text("ref");
  return {
    upstream: text("upstream"),
    join: text("join") === "each" ? "each" : "all",
    filters: { branches: both("branches"), tags: both("tags") },
    ref: use === "fixed" ? { use, value: text("ref_value") } : { use: use === "same" ? "same" : "default" },
  };
}

/** What to build, and with which parameters: those that are known to be asked for, and any others. */
import { Button, TextInput } from "@mantine/core";
import type { UseMutationResult } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router";
import { ApiError, fieldError } from "@/lib/api/problem";
import type { BuildParameter } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import classes from "./forms.module.css";
import { ProblemNote } from "./problem-note";

const ASKED = "asked.";

/** What is sent: without a ref the usual one is built. */
export interface Run {
  ref: string;
  parameters: Record<string, string>;
}

interface Props {
  /** Of what is run. */
  name: string;
  /** What is built unless another ref is typed; null where builds have no source to choose a ref of. */
  usualRef: string | null;
  /** What the definition asks for; null until it is known. */
  asked: readonly BuildParameter[] | null;
  /** Why it cannot be known. */
  unknown: unknown;
  run: UseMutationResult<{ id: string }, Error, Run>;
}

export function RunForm({ name, usualRef, asked, unknown, run }: Props) {
  const navigate = useNavigate();
  const [others, setOthers] = useState<readonly number[]>([]);
  // what the server asks for, and the last build did not, has a field of its own from then on: the next submit, which may fail
  // for another reason, forgets this error, but what was typed must stay
  const [missing, setMissing] = useState<readonly string[]>([]);
  const fields = [...(asked ?? []), ...missing.filter(notIn(asked ?? [])).map(requiredOf)];
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    run.mutate(runOf(new FormData(event.currentTarget)), {
      onSuccess: (build) => void navigate(paths.build(build.id)),
      onError: (error) => setMissing((names) => [...new Set([...names, ...refused(error)])]),
    });
  };
  return (
    <form className={classes.dialog} onSubmit={submit} aria-label={`Run ${name}`} noValidate>
      {run.error && !besideFields(run.error) && <ProblemNote error={run.error} fields />}
      {usualRef !== null && (
        <TextInput
          label="Branch, tag or commit"
          name="ref"
          defaultValue={usualRef}
          data-autofocus
          error={fieldError(run.error, "ref")}
        />
      )}
      {asked === null && (
        <p className="muted">{unknown ? "What it asks for cannot be read now." : "Reads what it asks for …"}</p>
      )}
      {fields.map((parameter) => (
        <Asked
          key={parameter.name}
          parameter={parameter}
          error={fieldError(run.error, `parameters.${parameter.name}`)}
        />
      ))}
      {others.map((key) => (
        <div key={key} className={classes.parameter}>
          <TextInput aria-label="Name of the parameter" placeholder="NAME" name="parameter.name" autoComplete="off" />
          <TextInput
            aria-label="Value of the parameter"
            placeholder="value"
            name="parameter.value"
            autoComplete="off"
          />
          <Button
            size="compact-sm"
            variant="subtle"
            color="danger"
            aria-label="Remove the parameter"
            onClick={() => setOthers(others.filter((one) => one !== key))}
          >
            Remove
          </Button>
        </div>
      ))}
      <div className={classes.row}>
        <Button type="submit" loading={run.isPending}>
          Run
        </Button>
        <Button variant="default" onClick={() => setOthers([...others, 1 + Math.max(-1, ...others)])}>
          Add a parameter
        </Button>
      </div>
    </form>
  );
}

function Asked({
  parameter: { name, required, default: usual },
  error,
}: {
  parameter: BuildParameter;
  error?: string;
}) {
  return (
    <TextInput
      label={name}
      name={ASKED + name}
      withAsterisk={required && usual === null}
      placeholder={usual ?? undefined}
      description={usual === null ? undefined : `Left empty it is ${usual === "" ? "empty" : usual}.`}
      autoComplete="off"
      error={error}
    />
  );
}

/** Empty fields are not sent: the definition's own defaults hold, also where they have changed since the last build. */
function runOf(form: FormData): Run {
  const values = form.getAll("parameter.value").map(String);
  const others = form.getAll("parameter.name").map((name, i) => [String(name).trim(), values[i] ?? ""] as const);
  const asked = [...form].flatMap(([name, value]) =>
    name.startsWith(ASKED) ? [[name.slice(ASKED.length), String(value)] as const] : [],
  );
  const given = [...asked.filter(([, value]) => value), ...others.filter(([name]) => name)];
  return { ref: String(form.get("ref") ?? "").trim(), parameters: Object.fromEntries(given) };
}

const REFUSED = /^parameters\.([^.]+)$/;

/** The parameters of which the server said that they are missing, or no good. */
const refused = (error: unknown): string[] =>
  error instanceof ApiError ? Object.keys(error.fields).flatMap((field) => REFUSED.exec(field)?.[1] ?? []) : [];

const notIn = (asked: readonly BuildParameter[]) => (name: string) => !asked.some((one) => one.name === name);

const requiredOf = (name: string): BuildParameter => ({ name, required: true, default: null });

/** Whether all that was refused stands beside its field. */
const besideFields = (error: unknown): boolean =>
  error instanceof ApiError &&
  Object.keys(error.fields).length > 0 &&
  Object.keys(error.fields).every((field) => field === "ref" || REFUSED.test(field));

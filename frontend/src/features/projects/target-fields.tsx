/** What runs the pipeline: our own agents, or whatever answers at an address. */
import { NativeSelect, PasswordInput, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Target, TargetBody } from "@/lib/api/types";
import classes from "./projects.module.css";

interface Props {
  /** What it is so far; absent for a new project. */
  target?: Target;
  /** What the server refused, by the name of a field. */
  problem(field: string): string | undefined;
}

export function TargetFields({ target, problem }: Props) {
  const [kind, setKind] = useState<TargetBody["kind"]>(target?.kind === "webhook" ? "webhook" : "agent");
  return (
    <>
      <NativeSelect
        label="Kind"
        name="kind"
        value={kind}
        onChange={(event) => setKind(event.currentTarget.value === "webhook" ? "webhook" : "agent")}
        data={[
          { value: "agent", label: "our own agents" },
          { value: "webhook", label: "a webhook, signed" },
        ]}
        error={problem("target.kind")}
      />
      {kind === "agent" ? (
        <TextInput
          label="Pipeline"
          name="pipeline"
          defaultValue={target?.pipeline ?? ""}
          description="Leave empty for every pipeline in .factory/ whose filters match"
          error={problem("target.pipeline")}
        />
      ) : (
        <Webhook target={target} problem={problem} />
      )}
    </>
  );
}

function Webhook({ target, problem }: Props) {
  const kept = target?.kind === "webhook" && target.secret_set;
  return (
    <>
      <TextInput
        label="Address"
        name="url"
        type="url"
        required
        defaultValue={target?.url ?? ""}
        error={problem("target.url")}
      />
      <TextInput
        label="Address for cancellations"
        name="cancel_url"
        type="url"
        defaultValue={target?.cancel_url ?? ""}
        description="Leave empty if it cannot cancel: an event that is cancelled here then runs on over there"
        error={problem("target.cancel_url")}
      />
      <PasswordInput
        label="Signing secret"
        name="secret"
        autoComplete="off"
        description={kept ? "One is set. Leave empty to keep it" : "Requests are signed with it"}
        error={problem("target.secret")}
      />
      <p className={classes.note}>The secret is stored encrypted and never shown again.</p>
    </>
  );
}

/** The target that the form describes; empty fields are left out. */
export function targetOf(form: FormData): TargetBody {
  const text = (name: string) => String(form.get(name) ?? "").trim();
  const filled = (...names: string[]) =>
    Object.fromEntries(names.flatMap((name) => (text(name) ? [[name, text(name)]] : [])));
  return text("kind") === "webhook"
    ? { kind: "webhook", url: text("url"), ...filled("cancel_url", "secret") }
    : { kind: "agent", ...filled("pipeline") };
}

/** What runs the pipeline: our own agents, or whatever answers at an address. Only the fields of the kind that is chosen are shown. */
import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useState } from "react";
import { Time } from "@/components/time";
import type { Target, TargetBody } from "@/lib/api/types";
import classes from "./projects.module.css";
import own from "./settings/settings.module.css";

interface Props {
  /** What it is so far; absent for a new project. */
  target?: Target;
  /** What the server refused, by the name of a field. */
  problem(field: string): string | undefined;
}

type Kind = TargetBody["kind"];

const KINDS: [kind: Kind, name: string, does: string][] = [
  ["agent", "Our own agents", "Builds run on agents of DominoCI, as the pipelines in the repository say."],
  [
    "webhook",
    "A webhook",
    "A signed request starts the pipeline: Jenkins, GitLab, GitHub, or anything that takes one.",
  ],
];

export function TargetFields({ target, problem }: Props) {
  const [kind, setKind] = useState<Kind>(target?.kind === "webhook" ? "webhook" : "agent");
  return (
    <>
      <div className={own.cards} role="radiogroup" aria-label="Kind">
        {KINDS.map(([value, name, does]) => (
          <label key={value} className={own.card}>
            <input
              type="radio"
              name="kind"
              value={value}
              checked={value === kind}
              onChange={() => setKind(value)}
              aria-label={name}
            />
            <strong>{name}</strong>
            <span>{does}</span>
          </label>
        ))}
      </div>
      {problem("target.kind") && <p className={classes.problem}>{problem("target.kind")}</p>}
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
      <Secret target={target} problem={problem} />
    </>
  );
}

/** Written, never read: of one that is set only its age is known, and a new one takes its place. */
function Secret({ target, problem }: Props) {
  const kept = target?.kind === "webhook" && target.secret_set;
  const [replacing, setReplacing] = useState(!kept);
  if (replacing || problem("target.secret"))
    return (
      <PasswordInput
        label={kept ? "New signing secret" : "Signing secret"}
        name="secret"
        autoComplete="off"
        data-autofocus={kept || undefined}
        description={`Requests are signed with it. Stored encrypted, never shown again${kept ? "; left empty, the old one stays" : ""}`}
        error={problem("target.secret")}
      />
    );
  return (
    <div className={own.secret}>
      <span>
        <strong>Signing secret</strong> <span className="mono">••••••••</span>{" "}
        <span className="muted">
          set {target?.secret_set_at ? <Time at={target.secret_set_at} /> : "some time ago"}
        </span>
      </span>
      <Button size="compact-sm" variant="default" onClick={() => setReplacing(true)}>
        Replace
      </Button>
    </div>
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

/** A rule: which issuer, which repository by its id, which claims its jobs' tokens must have. */
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Dialog } from "@/components/dialog";
import { DialogActs } from "@/components/dialog-acts";
import form from "@/components/forms.module.css";
import { ProblemNote } from "@/components/problem-note";
import { fieldError } from "@/lib/api/problem";
import type { Issuer, Project, TrustRule } from "@/lib/api/types";
import { useSaveTrust } from "../api/trust";
import classes from "../projects.module.css";
import { claimsOf, namingOf } from "./trust-model";

interface Props {
  project: Project;
  /** Those to choose from; that of the rule alone where one is changed. */
  issuers: readonly Issuer[];
  /** Absent for a new one. */
  rule?: TrustRule;
  onClose(): void;
}

export function TrustDialog({ project, issuers, rule, onClose }: Props) {
  const save = useSaveTrust(project.name, rule?.id);
  const [chosen, setChosen] = useState(issuers[0]?.id ?? "");
  const naming = namingOf(issuers.find((one) => one.id === chosen)?.kind);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const body = {
      issuer: chosen,
      subject: rule?.subject ?? String(form.get("subject") ?? "").trim(),
      claims: claimsOf(form),
      pull_requests: form.has("pull_requests"),
    };
    save.mutate(body, { onSuccess: onClose });
  };
  const beside = ["issuer", "subject", "claims"].some((name) => fieldError(save.error, name));
  return (
    <Dialog opened onClose={onClose} title={rule ? "Change the rule" : "Whose jobs are trusted"} size="lg">
      <form className={form.dialog} onSubmit={submit} noValidate>
        {!beside && <ProblemNote error={save.error} fields />}
        <NativeSelect
          label="Issuer"
          description="Who signs the tokens of the jobs"
          value={chosen}
          disabled={Boolean(rule)}
          onChange={(event) => setChosen(event.currentTarget.value)}
          data={issuers.map(({ id, name, url }) => ({ value: id, label: `${name} (${url})` }))}
          error={fieldError(save.error, "issuer")}
        />
        <TextInput
          label={naming.label}
          name="subject"
          required
          disabled={Boolean(rule)}
          data-autofocus={!rule || undefined}
          autoComplete="off"
          placeholder={naming.placeholder}
          defaultValue={rule?.subject ?? ""}
          description={rule ? "For another repository, add another rule" : naming.where}
          error={fieldError(save.error, "subject")}
        />
        <ClaimFields
          key={chosen}
          claims={rule?.claims ?? {}}
          usual={naming.claims}
          problem={fieldError(save.error, "claims")}
        />
        <label className={classes.choice}>
          <input type="checkbox" name="pull_requests" defaultChecked={rule?.pull_requests ?? false} />
          <strong>Jobs of pull and merge requests too</strong>
          <span>What they run was written by whoever opened the request, from a fork perhaps. Best left off.</span>
        </label>
        <DialogActs verb={rule ? "Save" : "Trust them"} busy={save.isPending} onClose={onClose} />
      </form>
    </Dialog>
  );
}

interface ClaimsProps {
  claims: Record<string, string>;
  usual: readonly (readonly [name: string, example: string])[];
  problem: string | undefined;
}

interface Row {
  key: number;
  name: string;
  wanted: string;
}

function ClaimFields({ claims, usual, problem }: ClaimsProps) {
  const [rows, setRows] = useState<Row[]>(() =>
    Object.entries(claims).map(([name, wanted], key) => ({ key, name, wanted })),
  );
  const next = 1 + Math.max(-1, ...rows.map((row) => row.key));
  const rename = (key: number, name: string) => setRows(rows.map((row) => (row.key === key ? { ...row, name } : row)));
  const open = usual.filter(([name]) => !rows.some((row) => row.name === name));
  const add = (name = "", wanted = "") => setRows([...rows, { key: next, name, wanted }]);
  return (
    <fieldset className={classes.fieldset}>
      <legend>Only jobs whose tokens say</legend>
      {!rows.length && (
        <p className={form.note}>Any job of the repository. A claim narrows it; a value may hold * and **.</p>
      )}
      {rows.map(({ key, name, wanted }) => (
        <div key={key} className={form.parameter}>
          <TextInput
            aria-label="Name of the claim"
            placeholder="claim"
            name="claim.name"
            autoComplete="off"
            value={name}
            onChange={(event) => rename(key, event.currentTarget.value)}
          />
          <TextInput
            aria-label={`What ${name || "the claim"} must be`}
            placeholder={usual.find(([one]) => one === name)?.[1] ?? "value"}
            name="claim.wanted"
            autoComplete="off"
            defaultValue={wanted}
          />
          <Button
            size="compact-sm"
            variant="subtle"
            color="danger"
            aria-label={`Remove ${name || "the claim"}`}
            onClick={() => setRows(rows.filter((one) => one.key !== key))}
          >
            Remove
          </Button>
        </div>
      ))}
      {problem && (
        <p className={form.problem} role="alert">
          {problem}
        </p>
      )}
      <div className={form.row}>
        {open.map(([name, example]) => (
          <Button key={name} size="xs" variant="default" onClick={() => add(name, example)}>
            Add {name}
          </Button>
        ))}
        <Button size="xs" variant="default" onClick={() => add()}>
          Add another claim
        </Button>
      </div>
    </fieldset>
  );
}

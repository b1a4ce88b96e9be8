/** The fields of a target: plain ones hold what is saved, secret ones never do. */
import { Button, Input, NativeSelect, PasswordInput, TextInput, type TextInputProps } from "@mantine/core";
import { useId, useState } from "react";
import { Time } from "@/components/time";
import type { Target } from "@/lib/api/types";
import own from "../settings/settings.module.css";
import { type Plain, type Secret, secretOf } from "./target-model";

export interface Of {
  /** What is saved of this kind; absent when the project has another one. */
  target: Target | undefined;
  /** What the server refused, by the name of a field. */
  problem(field: string): string | undefined;
}

interface FieldProps extends Omit<TextInputProps, "name"> {
  of: Of;
  name: Plain;
}

export function Field({ of: { target, problem }, name, ...props }: FieldProps) {
  return (
    <TextInput
      name={name}
      defaultValue={props.value === undefined ? (target?.[name] ?? "") : undefined}
      error={problem(`target.${name}`)}
      {...props}
    />
  );
}

interface ChoiceProps<T extends string> {
  name: string;
  label: string;
  description?: string;
  value: T;
  options: readonly (readonly [value: T, text: string])[];
  onChange(value: NoInfer<T>): void;
}

/** A choice that decides which other fields there are. */
export function Choice<T extends string>({ options, value, onChange, ...props }: ChoiceProps<T>) {
  return (
    <NativeSelect
      {...props}
      value={value}
      data={options.map(([one, label]) => ({ value: one, label }))}
      onChange={(event) => {
        const found = options.find(([one]) => one === event.currentTarget.value);
        if (found) onChange(found[0]);
      }}
    />
  );
}

interface WrittenProps {
  name: string;
  label: string;
  description: string;
  required?: boolean | undefined;
  /** A text of several lines, like a PEM file. */
  lines?: boolean | undefined;
  error: string | undefined;
  /** The one that is set. */
  known: { set_at: string | null } | undefined;
}

interface SecretProps extends Omit<WrittenProps, "error" | "known"> {
  of: Of;
  name: Secret;
  /** Whether the target stays at the server that the saved secret belongs to. */
  kept: boolean;
  error?: string | undefined;
}

/** A secret of a target. */
export function SecretField({ of: { target, problem }, kept, error, ...props }: SecretProps) {
  const known = kept ? secretOf(target, props.name) : undefined;
  return <WrittenField {...props} known={known} error={error ?? problem(`target.${props.name}`)} />;
}

/** Written, never read: of one that is set only its age is known, and a new one takes its place. */
export function WrittenField({ name, label, lines, required, known, error, description }: WrittenProps) {
  const [replacing, setReplacing] = useState(false);
  if (known && !replacing && !error)
    return (
      <div className={own.secret}>
        <span>
          <strong>{label}</strong> <span className="mono">••••••••</span>{" "}
          <span className="muted">set {known.set_at ? <Time at={known.set_at} /> : "some time ago"}</span>
        </span>
        <Button size="compact-sm" variant="default" aria-label={`Replace ${label}`} onClick={() => setReplacing(true)}>
          Replace
        </Button>
      </div>
    );
  const shared = {
    name,
    label: known ? `New ${label.charAt(0).toLowerCase()}${label.slice(1)}` : label,
    description: `${description} Stored encrypted, never shown again${known ? "; left empty, the old one stays" : ""}.`,
    error,
    required: Boolean(required && !known),
    "data-autofocus": replacing || undefined,
  };
  return lines ? <Lines {...shared} /> : <PasswordInput autoComplete="off" {...shared} />;
}

interface LinesProps {
  name: string;
  label: string;
  description: string;
  error: string | undefined;
  required: boolean;
}

function Lines({ label, description, error, required, ...input }: LinesProps) {
  const id = useId();
  return (
    <Input.Wrapper id={id} label={label} description={description} error={error} required={required}>
      <Input
        {...input}
        id={id}
        component="textarea"
        multiline
        rows={6}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={Boolean(error)}
        aria-describedby={error ? `${id}-error` : undefined}
        className={own.pem}
      />
    </Input.Wrapper>
  );
}

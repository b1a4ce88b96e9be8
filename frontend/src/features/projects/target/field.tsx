/** The fields of a target: plain ones hold what is saved, secret ones never do. */
import { NativeSelect, TextInput, type TextInputProps } from "@mantine/core";
import { WrittenField, type WrittenProps } from "@/components/written-field";
import type { Target } from "@/lib/api/types";
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

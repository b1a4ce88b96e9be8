/** A field of text that holds what is saved under its name, and says beside itself what was refused of it. */
import { TextInput, type TextInputProps } from "@mantine/core";

/** What the fields of one form share. */
export interface FieldsOf<T> {
  /** What is saved; absent for something new. */
  saved: T | undefined;
  /** What the server refused, by the name of a field. */
  problem(field: string): string | undefined;
}

/** The names of what is text, or may be none. */
type TextOf<T> = { [K in keyof T]: T[K] extends string | null | undefined ? K : never }[keyof T] & string;

interface Props<T> extends Omit<TextInputProps, "name" | "defaultValue" | "error"> {
  of: FieldsOf<T>;
  name: TextOf<T>;
}

export function TextField<T>({ of: { saved, problem }, name, ...props }: Props<T>) {
  return (
    <TextInput
      name={name}
      defaultValue={String(saved?.[name] ?? "")}
      autoComplete="off"
      error={problem(name)}
      {...props}
    />
  );
}

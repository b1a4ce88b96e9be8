/** A field of several lines, in the letters of code: a key, a token, a list of hosts. */
import { Input } from "@mantine/core";
import { type ComponentProps, type ReactNode, useId } from "react";
import form from "./forms.module.css";

interface Props extends Omit<ComponentProps<"textarea">, "size" | "id" | "className"> {
  label: string;
  description: ReactNode;
  error?: string | undefined;
}

export function LinesField({ label, description, error, required = false, rows = 4, ...field }: Props) {
  const id = useId();
  return (
    <Input.Wrapper id={id} label={label} description={description} error={error} required={required}>
      <Input
        {...field}
        id={id}
        component="textarea"
        multiline
        rows={rows}
        required={required}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={Boolean(error)}
        aria-describedby={error ? `${id}-error` : undefined}
        className={form.lines}
      />
    </Input.Wrapper>
  );
}

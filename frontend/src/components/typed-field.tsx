/** A field of a filter that counts as a whole: what is typed is looked for when it is done with. */
import { TextInput, type TextInputProps } from "@mantine/core";
import { useState } from "react";

interface Props extends Omit<TextInputProps, "value" | "onChange" | "onBlur" | "onKeyDown"> {
  value: string;
  onSettled(text: string): void;
}

export function TypedField({ value, onSettled, ...props }: Props) {
  const [typed, setTyped] = useState(value);
  const [shown, setShown] = useState(value);
  if (shown !== value) {
    setShown(value);
    setTyped(value);
  }
  const settle = () => typed.trim() !== value && onSettled(typed.trim());
  return (
    <TextInput
      {...props}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={settle}
      onKeyDown={(event) => event.key === "Enter" && settle()}
    />
  );
}

/** A secret that was just made: shown this once, with what is made of it, and no way on but to have copied it. */
import type { ReactNode } from "react";
import { Copyable } from "./copyable";
import { Copied } from "./dialog-acts";
import form from "./forms.module.css";

interface Props {
  /** What is to be copied: "the secret". */
  what: string;
  /** What it is for. */
  children: ReactNode;
  pieces: readonly (readonly [label: string, text: string])[];
  onClose(): void;
}

export function ShownOnce({ what, children, pieces, onClose }: Props) {
  return (
    <div className={form.dialog} role="status">
      <p>
        <strong>Copy {what} now: it is shown only this once.</strong> {children}
      </p>
      {pieces.map(([label, text]) => (
        <Copyable key={label} label={label} text={text} />
      ))}
      <Copied onClose={onClose} />
    </div>
  );
}

import { Copyable } from "./copyable";
import form from "./forms.module.css";

interface Props {
  token: string;
  /** What the command does, and what it is called. */
  use: string;
  label: string;
  command: string;
}

/** A token that was just made, and a command that uses it. */
export function NewSecret({ token, use, label, command }: Props) {
  return (
    <div className={form.stack} role="status">
      <div>
        <p>
          <strong>Copy it now: it is shown only this once.</strong>
        </p>
        <Copyable label="new token" text={token} />
      </div>
      <div>
        <p className={form.note}>{use}</p>
        <Copyable label={label} text={command} />
      </div>
    </div>
  );
}

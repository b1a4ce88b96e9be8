/** A field for a secret: written, never read. Of one that is set only its age is known, and a new one takes its place. */
import { Button, PasswordInput } from "@mantine/core";
import { useState } from "react";
import form from "./forms.module.css";
import { LinesField } from "./lines-field";
import { Time } from "./time";

export interface WrittenProps {
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

export function WrittenField({ name, label, lines, required, known, error, description }: WrittenProps) {
  const [replacing, setReplacing] = useState(false);
  if (known && !replacing && !error)
    return (
      <div className={form.secret}>
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
  return lines ? <LinesField {...shared} rows={6} /> : <PasswordInput autoComplete="off" {...shared} />;
}

/** The buttons at the end of a dialog: what it does, and the way out that does nothing. */
import { Button } from "@mantine/core";
import form from "./forms.module.css";

interface Props {
  /** What it does, on the button. */
  verb: string;
  /** The way out; for a question it says what stays as it is. */
  keep?: string;
  busy: boolean;
  danger?: boolean;
  disabled?: boolean;
  /** Absent within a form, which the button sends. */
  onAct?(): void;
  onClose(): void;
}

export function DialogActs({ verb, keep = "Cancel", busy, danger, disabled, onAct, onClose }: Props) {
  const does = onAct ? { onClick: onAct } : { type: "submit" as const };
  return (
    <div className={form.row}>
      <Button {...does} color={danger ? "danger" : undefined} loading={busy} disabled={Boolean(disabled)}>
        {verb}
      </Button>
      <Button variant="default" onClick={onClose}>
        {keep}
      </Button>
    </div>
  );
}

/** The only way on from something that is shown just once. */
export function Copied({ onClose }: { onClose(): void }) {
  return (
    <div className={form.row}>
      <Button onClick={onClose}>I have copied it</Button>
    </div>
  );
}

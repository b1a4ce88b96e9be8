/** The question before something is removed: what goes with it, the refusal if there is one, and the way back. */
import type { ReactNode } from "react";
import { Dialog } from "./dialog";
import { DialogActs } from "./dialog-acts";
import form from "./forms.module.css";
import { ProblemNote } from "./problem-note";

interface Props {
  title: string;
  /** What the two buttons say: "Remove" and "Keep it", unless told otherwise. */
  verb?: string;
  keep?: string;
  /** The state of the mutation that removes. */
  removing: { error: unknown; isPending: boolean };
  onRemove(): void;
  onClose(): void;
  /** What is lost. */
  children: ReactNode;
}

export function Removal({ title, verb = "Remove", keep = "Keep it", removing, onRemove, onClose, children }: Props) {
  return (
    <Dialog opened onClose={onClose} title={title}>
      <div className={form.dialog}>
        <p>{children}</p>
        <ProblemNote error={removing.error} />
        <DialogActs verb={verb} keep={keep} danger busy={removing.isPending} onAct={onRemove} onClose={onClose} />
      </div>
    </Dialog>
  );
}

/** The question before something is removed: what goes with it, the refusal if there is one, and the way back. */
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { Dialog } from "./dialog";
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
        <div className={form.row}>
          <Button color="danger" loading={removing.isPending} onClick={onRemove}>
            {verb}
          </Button>
          <Button variant="default" onClick={onClose}>
            {keep}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

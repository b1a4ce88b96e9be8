/** The last question before something is deleted for ever: its name is typed to go on. */
import { TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { Dialog } from "./dialog";
import { DialogActs } from "./dialog-acts";
import form from "./forms.module.css";
import { ProblemNote } from "./problem-note";

interface Props {
  name: string;
  /** The state of the mutation that deletes. */
  removing: { error: unknown; isPending: boolean };
  onRemove(): void;
  onClose(): void;
  /** What goes with it. */
  children: ReactNode;
}

export function DeleteDialog({ name, removing, onRemove, onClose, children }: Props) {
  const [typed, setTyped] = useState("");
  return (
    <Dialog opened onClose={onClose} title={`Delete ${name}?`}>
      <form
        className={form.dialog}
        onSubmit={(event) => {
          event.preventDefault();
          if (typed === name) onRemove();
        }}
      >
        <p>{children}</p>
        <ProblemNote error={removing.error} />
        <TextInput
          label={`Type ${name} to go on`}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          data-autofocus
          autoComplete="off"
        />
        <DialogActs
          verb="Delete for ever"
          keep="Keep it"
          danger
          disabled={typed !== name}
          busy={removing.isPending}
          onClose={onClose}
        />
      </form>
    </Dialog>
  );
}

/** Before anything is cancelled: what, how many, and what follows from it. */
import { Button } from "@mantine/core";
import { Dialog } from "@/components/dialog";
import type { TreeRow } from "../tree-model";
import { cancelCounts } from "./act";
import classes from "./acts.module.css";

interface Props {
  title: string;
  /** What would be cancelled. */
  rows: readonly TreeRow[];
  /** What becomes of the rest. */
  then?: string;
  opened: boolean;
  onClose(): void;
  onCancel(): void;
}

export function CancelDialog({ title, rows, then, opened, onClose, onCancel }: Props) {
  const runs = rows.some((row) => row.state === "running" || row.state === "triggered");
  return (
    <Dialog opened={opened} onClose={onClose} title={title}>
      <div className={classes.dialog}>
        <p>
          {rows.length ? (
            <>
              This cancels <strong>{cancelCounts(rows)}</strong>. {runs && "What runs is told to stop. "}
              {then} It can be run again later, on the same inputs.
            </>
          ) : (
            "It has ended in the meantime: there is nothing left to cancel."
          )}
        </p>
        <div className={classes.row}>
          <Button variant="default" onClick={onClose}>
            Keep running
          </Button>
          <Button
            color="danger"
            disabled={!rows.length}
            data-autofocus
            onClick={() => {
              onClose();
              onCancel();
            }}
          >
            {rows.length === 1 ? "Cancel 1 event" : `Cancel ${rows.length} events`}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

/** What can be done to one event, at the foot of its drawer; there also stands what the server says against it. */
import { Button } from "@mantine/core";
import { type Ref, useState } from "react";
import type { Neighbourhood } from "@/components/graph/reach";
import type { TreeRow } from "../tree-model";
import { type Act, eventChoices } from "./act";
import classes from "./acts.module.css";
import { CancelDialog } from "./cancel-dialog";
import type { Acts } from "./use-acts";

interface Props {
  row: TreeRow;
  rows: readonly TreeRow[];
  graph: Neighbourhood;
  acts: Acts;
  ref?: Ref<HTMLElement>;
}

export function EventActs({ row, rows, graph, acts, ref }: Props) {
  const [cancelling, setCancelling] = useState<"event" | "branch" | null>(null);
  const sub = row.node.sub_id;
  const can = eventChoices(row, rows, graph);
  const refusal = acts.refusal(sub);
  const busy = acts.pending !== null;
  const button = (text: string, act: Act, variant = "default") => (
    <Button
      variant={variant}
      size="xs"
      disabled={busy}
      loading={acts.pending !== null && JSON.stringify(acts.pending) === JSON.stringify(act)}
      onClick={() => acts.ask(act)}
    >
      {text}
    </Button>
  );
  const cancel = (text: string, scope: "event" | "branch") => (
    <Button variant="default" size="xs" disabled={busy} onClick={() => setCancelling(scope)}>
      {text}
    </Button>
  );
  if (!refusal && !can.rerun && !can.redeliver && !can.cancel.length && !can.branch.length) return null;
  return (
    <footer ref={ref} className={classes.foot}>
      {refusal && (
        <p className={classes.refusal} role="alert">
          {refusal}
        </p>
      )}
      <div className={classes.row}>
        {can.redeliver && button("Redeliver", { do: "redeliver", sub }, "filled")}
        {can.rerun && button("Rerun", { do: "rerun-event", sub, downstream: false })}
        {can.rerun &&
          can.after > 0 &&
          button(`Rerun + ${can.after} after it`, { do: "rerun-event", sub, downstream: true })}
        {can.cancel.length > 0 && cancel("Cancel…", "event")}
        {can.branch.length > 0 && cancel("Cancel branch…", "branch")}
      </div>
      <CancelDialog
        title={cancelling === "branch" ? `Cancel ${row.name} and what follows?` : `Cancel ${row.name}?`}
        rows={cancelling === "branch" ? can.branch : can.cancel}
        then={can.after > 0 && cancelling !== "branch" ? "What waits for it is skipped." : undefined}
        opened={cancelling !== null}
        onClose={() => setCancelling(null)}
        onCancel={() => acts.ask({ do: "cancel-event", sub, scope: cancelling ?? "event" })}
      />
    </footer>
  );
}

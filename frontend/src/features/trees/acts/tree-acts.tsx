/** What can be done to the whole tree; a button that could do nothing is not there. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { Dropdown } from "@/components/dropdown";
import { useActions } from "@/lib/actions";
import { isBad } from "@/lib/states";
import type { TreeRow } from "../tree-model";
import { countEvents, treeChoices } from "./act";
import classes from "./acts.module.css";
import { CancelDialog } from "./cancel-dialog";
import type { Acts } from "./use-acts";

export function TreeActs({ rows, acts }: { rows: TreeRow[]; acts: Acts }) {
  const [cancelling, setCancelling] = useState(false);
  const { open, failed, all } = treeChoices(rows);
  const busy = acts.pending !== null;
  const what = failed.some((row) => isBad(row.state)) ? "failed" : "cancelled";
  const rerun = (scope: "failed" | "all") => acts.ask({ do: "rerun-tree", scope });
  useActions(
    [
      {
        id: "tree-rerun",
        text: `Rerun what ${what === "failed" ? "failed" : "was cancelled"}`,
        of: failed,
        run: () => rerun("failed"),
      },
      { id: "tree-rerun-all", text: "Rerun everything", of: all, run: () => rerun("all") },
      { id: "tree-cancel", text: "Cancel this tree…", of: open, run: () => setCancelling(true) },
    ].filter(({ of }) => of.length > 0 && !busy),
  );
  return (
    <>
      {failed.length > 0 && (
        <span className={classes.split}>
          <Button
            variant="default"
            size="xs"
            loading={acts.pending?.do === "rerun-tree"}
            disabled={busy}
            onClick={() => rerun("failed")}
          >
            Rerun {what}
          </Button>
          {all.length > 0 && (
            <Dropdown label="What to rerun" button="▾" className={classes.more} disabled={busy}>
              {(close) => (
                <RerunChoices
                  what={what}
                  failed={failed.length}
                  all={all.length}
                  onChoose={(scope) => {
                    close();
                    rerun(scope);
                  }}
                />
              )}
            </Dropdown>
          )}
        </span>
      )}
      {failed.length === 0 && all.length > 0 && (
        <Button
          variant="default"
          size="xs"
          disabled={busy}
          loading={acts.pending?.do === "rerun-tree"}
          onClick={() => rerun("all")}
        >
          Rerun everything
        </Button>
      )}
      {open.length > 0 && (
        <Button
          variant="default"
          size="xs"
          disabled={busy}
          loading={acts.pending?.do === "cancel-tree"}
          onClick={() => setCancelling(true)}
        >
          Cancel…
        </Button>
      )}
      <CancelDialog
        title="Cancel this tree?"
        rows={open}
        then={rows.length > open.length ? "What has ended stays as it is." : undefined}
        opened={cancelling}
        onClose={() => setCancelling(false)}
        onCancel={() => acts.ask({ do: "cancel-tree" })}
      />
    </>
  );
}

interface ChoicesProps {
  what: string;
  failed: number;
  all: number;
  onChoose(scope: "failed" | "all"): void;
}

function RerunChoices({ what, failed, all, onChoose }: ChoicesProps) {
  return (
    <ul className={classes.menu}>
      <li>
        <button type="button" onClick={() => onChoose("failed")}>
          <strong>Only what {what === "failed" ? "failed" : "was cancelled"}</strong>
          <span className="muted">{countEvents(failed)}, and what was skipped behind</span>
        </button>
      </li>
      <li>
        <button type="button" onClick={() => onChoose("all")}>
          <strong>Everything</strong>
          <span className="muted">all {countEvents(all)} behind the root, on the same inputs</span>
        </button>
      </li>
    </ul>
  );
}

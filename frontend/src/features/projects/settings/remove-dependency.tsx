import { Button } from "@mantine/core";
import { Dialog } from "@/components/dialog";
import { ProblemNote } from "@/components/problem-note";
import type { Dependency } from "@/lib/api/types";
import { useRemoveDependency } from "../api/remove-dependency";
import own from "../projects.module.css";

interface Props {
  edge: Dependency;
  /** The end whose settings these are. */
  here: string;
  onClose(): void;
}

/** Says what no longer happens, and what an edge that is only switched off would keep. */
export function RemoveDependency({ edge, here, onClose }: Props) {
  const { upstream, downstream } = edge;
  const remove = useRemoveDependency(here);
  return (
    <Dialog opened onClose={onClose} title={`Remove ${upstream.name} → ${downstream.name}?`}>
      <div className={own.dialog}>
        <p>
          {downstream.name} is no longer rebuilt when {upstream.name} succeeds. Its filters and parameters are lost;
          switched off it would keep them. Trees that are under way go on as they are.
        </p>
        <ProblemNote error={remove.error} />
        <div className={own.row}>
          <Button
            color="danger"
            loading={remove.isPending}
            onClick={() => remove.mutate(edge.id, { onSuccess: onClose })}
          >
            Remove
          </Button>
          <Button variant="default" onClick={onClose}>
            Keep it
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

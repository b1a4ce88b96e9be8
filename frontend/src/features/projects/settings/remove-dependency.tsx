import { Removal } from "@/components/removal";
import type { Dependency } from "@/lib/api/types";
import { useRemoveDependency } from "../api/remove-dependency";

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
    <Removal
      title={`Remove ${upstream.name} → ${downstream.name}?`}
      removing={remove}
      onRemove={() => remove.mutate(edge.id, { onSuccess: onClose })}
      onClose={onClose}
    >
      {downstream.name} is no longer rebuilt when {upstream.name} succeeds. Its filters and parameters are lost;
      switched off it would keep them. Trees that are under way go on as they are.
    </Removal>
  );
}

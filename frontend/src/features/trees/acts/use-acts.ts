/** Asks the server for what the viewer wishes, and keeps what was asked and what was answered. One wish at a time. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Neighbourhood } from "@/components/graph/reach";
import { asApiError } from "@/lib/api/problem";
import type { Acted } from "@/lib/api/types";
import { cancelEvent } from "../api/cancel-event";
import { cancelTree } from "../api/cancel-tree";
import { redeliverEvent } from "../api/redeliver-event";
import { rerunEvent } from "../api/rerun-event";
import { rerunTree } from "../api/rerun-tree";
import type { TreeRow } from "../tree-model";
import { type Act, subOf, type Wish, wishes } from "./act";

export interface Acts {
  ask(act: Act): void;
  pending: Act | null;
  /** The events that a wish on its way is about. */
  asked: ReadonlyMap<string, Wish>;
  /** What the server said against the last wish about this event, or about the tree for null. */
  refusal(sub: string | null): string | null;
  /** What the last wish started, as a sentence; null once it was read. */
  done: string | null;
  forget(): void;
}

const NOTHING: ReadonlyMap<string, Wish> = new Map();

export function useActs(tree: string, rows: readonly TreeRow[], graph: Neighbourhood): Acts {
  const queries = useQueryClient();
  const asking = useMutation({
    mutationFn: (act: Act) => send(tree, act),
    // Pending until the page shows what came of it, live or not.
    onSettled: () => queries.invalidateQueries({ queryKey: ["tree", tree] }),
  });
  const pending = asking.isPending ? asking.variables : null;
  const asked = useMemo(() => (pending ? wishes(pending, rows, graph) : NOTHING), [pending, rows, graph]);
  return {
    ask: (act) => asking.mutate(act),
    pending,
    asked,
    refusal: (sub) =>
      asking.error && asking.variables && subOf(asking.variables) === sub ? asApiError(asking.error).detail : null,
    done: asking.data?.text ?? null,
    forget: asking.reset,
  };
}

function send(tree: string, act: Act): Promise<Acted> {
  switch (act.do) {
    case "cancel-tree":
      return cancelTree(tree);
    case "rerun-tree":
      return rerunTree(tree, act.scope);
    case "cancel-event":
      return cancelEvent(tree, act.sub, act.scope);
    case "rerun-event":
      return rerunEvent(tree, act.sub, act.downstream);
    case "redeliver":
      return redeliverEvent(tree, act.sub);
  }
}

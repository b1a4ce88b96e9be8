/** Which groups of a large tree are open. The session remembers them for each tree; opening one keeps its place on the screen. */
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { EVERYTHING, type Grouping, groupGraph, type Naming } from "@/components/graph/groups";
import type { Topology } from "@/components/graph/layout";
import type { Pin } from "@/components/graph/use-viewport";
import { recall, remember } from "@/lib/remembered";

const session = () => sessionStorage;
/** Opening more cards than this is warned of. */
const MANY = 300;
/** Groups within groups are opened one after the other until an event is seen; deeper they cannot be. */
const DEEPEST = 12;

export interface Groups extends Grouping {
  pin: Pin | null;
  /** Opens the group, or closes that in which the event `card` was shown. */
  toggle(card: string): void;
  /** Opens every group, or closes all. */
  toggleAll(): void;
  everything: boolean;
  /** How many cards opening everything would show, where that is to be asked for. */
  asking: number | null;
  answer(yes: boolean): void;
  shownAs(card: string): string;
}

/** `asked` is a walk to an event, `selected` the event of the address: both are seen, whatever groups they lie in. */
export function useGroups(
  tree: string,
  graph: Topology,
  naming: Naming,
  asked: { id: string } | null,
  selected: string | null,
): Groups {
  const key = `groups:${tree}`;
  const [open, setOpen] = useState<ReadonlySet<string>>(
    () => new Set(recall(key, session)?.split(" ").filter(Boolean)),
  );
  const [pin, setPin] = useState<Pin | null>(null);
  const [asking, setAsking] = useState<number | null>(null);
  const grouping = useMemo(() => groupGraph(graph, naming, open), [graph, naming, open]);
  const change = useCallback(
    (next: ReadonlySet<string>, held: Pin | null) => {
      remember(key, [...next].join(" "), session);
      setPin(held);
      setOpen(next);
    },
    [key],
  );
  const shownAs = useCallback((card: string) => grouping.groupOf.get(card)?.id ?? card, [grouping]);

  const show = useRef((_: string) => {});
  show.current = (card) => {
    if (!grouping.groupOf.has(card)) return;
    change(opened(graph, naming, open, card), { before: shownAs(card), after: card });
  };
  useEffect(() => {
    if (selected !== null) show.current(selected);
  }, [selected]);
  useEffect(() => {
    if (asked) show.current(asked.id);
  }, [asked]);

  const toggle = (card: string) => {
    const group = grouping.groups.find((one) => one.id === card);
    if (group) return change(new Set([...open, group.id]), { before: card, after: firstShown(group.id), focus: true });
    const next = closed(graph, naming, open, card);
    if (!next) return;
    change(next, { before: card, after: groupGraph(graph, naming, next).groupOf.get(card)?.id ?? card, focus: true });
  };
  const firstShown = (id: string) => {
    const member = id.replace(/\++$/, "");
    return groupGraph(graph, naming, new Set([...open, id])).groupOf.get(member)?.id ?? member;
  };
  const everything = open.has(EVERYTHING);
  const toggleAll = () => {
    if (open.size > 0) return change(new Set(), null);
    if (!grouping.groups.length) return;
    if (graph.nodes.length > MANY) setAsking(graph.nodes.length);
    else change(new Set([EVERYTHING]), null);
  };
  const answer = (yes: boolean) => {
    setAsking(null);
    if (yes) change(new Set([EVERYTHING]), null);
  };
  return { ...grouping, pin, toggle, toggleAll, everything, asking, answer, shownAs };
}

/** The open groups with those in which a card lies. */
function opened(graph: Topology, naming: Naming, open: ReadonlySet<string>, card: string): ReadonlySet<string> {
  let next = open;
  for (let depth = 0; depth < DEEPEST; depth += 1) {
    const group = groupGraph(graph, naming, next).groupOf.get(card);
    if (!group) return next;
    next = new Set([...next, group.id]);
  }
  return next;
}

/** The open groups without the innermost in which a card lies; null when it lies in none. */
function closed(graph: Topology, naming: Naming, open: ReadonlySet<string>, card: string): ReadonlySet<string> | null {
  let next: ReadonlySet<string> = new Set();
  for (let depth = 0; depth < DEEPEST; depth += 1) {
    const group = groupGraph(graph, naming, next).groupOf.get(card);
    if (!group) break;
    next = new Set([...next, group.id]);
  }
  const innermost = [...next].at(-1);
  if (innermost === undefined) return null;
  return new Set([...open].filter((id) => id !== innermost && id !== EVERYTHING));
}

/** The keys of the tree page; those of one view are with the view. */
import { useState } from "react";
import { useActions } from "@/lib/actions";
import { paths } from "@/lib/paths";
import { useCopy } from "@/lib/use-copy";
import { useKeys } from "@/lib/use-keys";
import type { TreeAddress } from "./use-tree-address";

interface Ways {
  walk(way: 1 | -1): void;
  actions(): void;
  focus(): void;
  follow(): void;
}

/** The event of the card or row with the focus; else the one that is open. A group is no event. */
export function eventHere(address: TreeAddress): string | null {
  const here = document.activeElement?.closest<HTMLElement>("[data-card],[data-row]");
  const sub = here?.dataset.card ?? here?.dataset.row;
  return sub !== undefined && !sub.endsWith("+") ? sub : address.selected;
}

/** Whether the link was copied just now. */
export function useTreeKeys(address: TreeAddress, { walk, actions, focus, follow }: Ways): boolean {
  const { copied, copy } = useCopy();
  const [last, setLast] = useState<string | null>(null);
  const selected = address.selected;
  if (selected !== null && selected !== last) setLast(selected);
  const back = () => {
    if (selected !== null) address.close();
    else if (address.filter.q) address.setFilter("q", "");
    else if (address.focus) address.set("focus", "");
  };
  const drawer = () => {
    if (selected !== null) address.close();
    else if (last !== null) address.openEvent(last);
  };
  const link = () => {
    const sub = eventHere(address);
    const path =
      sub === null ? paths.tree(address.tree) : paths.event(address.tree, sub, selected === sub ? address.tab : "why");
    copy(location.origin + path);
  };
  const critical = () => address.set("crit", address.critical ? "" : "1");
  const here = selected ?? "";
  useActions([
    { id: "tree-graph", text: "Show the graph", keys: "1", run: () => address.setView("graph") },
    { id: "tree-timeline", text: "Show the timeline", keys: "2", run: () => address.setView("timeline") },
    { id: "tree-table", text: "Show the table", keys: "3", run: () => address.setView("table") },
    { id: "tree-failure", text: "Go to the next failure", keys: "f", run: () => walk(1) },
    {
      id: "tree-critical",
      text: address.critical ? "Hide the critical path" : "Show the critical path",
      keys: "c",
      run: critical,
    },
    ...(address.focus === null && selected === null
      ? []
      : [
          {
            id: "tree-focus",
            text: address.focus === null ? `Show only what belongs to ${here}` : "Show the whole tree",
            keys: "x",
            run: focus,
          },
        ]),
    {
      id: "tree-link",
      text: selected === null ? "Copy the tree's link" : `Copy the link of ${here}`,
      keys: "y",
      run: link,
    },
  ]);
  const keys = new Map([
    ["1", () => address.setView("graph")],
    ["2", () => address.setView("timeline")],
    ["3", () => address.setView("table")],
    ["f", () => walk(1)],
    ["F", () => walk(-1)],
    ["c", critical],
    ["x", focus],
    ["l", follow],
    ["y", link],
    ["]", drawer],
    [".", actions],
    ["Escape", back],
  ]);
  useKeys(Object.fromEntries(keys));
  return copied;
}

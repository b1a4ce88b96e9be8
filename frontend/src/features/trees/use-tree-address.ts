/** View, filter, sort and selection of the tree page live in its address, so that a reload or a sent link shows the same. */
import { useMediaQuery } from "@mantine/hooks";
import { useLocation, useNavigate, useParams, useSearchParams } from "react-router";
import { type EventTab, paths, type TreeView } from "@/lib/paths";
import type { TreeFilter } from "./tree-model";

const TABS: readonly EventTab[] = ["why", "attempts", "deliveries", "inputs", "result", "log", "history"];
const VIEWS: readonly TreeView[] = ["graph", "timeline", "table"];

/** What the address may say beside the event, each under the name that it has there. */
export type Asked =
  | "view"
  | "q"
  | "state"
  | "ci"
  | "owner"
  | "hide"
  | "focus"
  | "crit"
  | "order"
  | "range"
  | "sort"
  | "group"
  | "cols";

export type TreeAddress = ReturnType<typeof useTreeAddress>;

/** `large` is whether the tree is one that is found one's way in by the table. */
export function useTreeAddress(large = false) {
  const { tree = "", sub, tab } = useParams();
  const [query, setQuery] = useSearchParams();
  const { search } = useLocation();
  const navigate = useNavigate();
  const narrow = useMediaQuery("(max-width: 767px)", window.innerWidth < 768, { getInitialValueInEffect: false });
  const get = (name: Asked) => query.get(name) ?? "";
  const set = (name: Asked, value: string) =>
    setQuery(
      (before) => {
        const after = new URLSearchParams(before);
        if (value) after.set(name, value);
        else after.delete(name);
        return after;
      },
      { replace: true },
    );
  return {
    tree,
    selected: sub ?? null,
    tab: TABS.find((known) => known === tab) ?? "why",
    view: VIEWS.find((known) => known === query.get("view")) ?? (narrow || large ? "table" : "graph"),
    critical: get("crit") === "1",
    filter: { q: get("q"), state: get("state"), ci: get("ci"), owner: get("owner") },
    /** Whether what the filter does not ask for is left out instead of dimmed. */
    hides: get("hide") === "1",
    /** The event whose ancestors and descendants alone are shown. */
    focus: query.get("focus"),
    search,
    get,
    set,
    openEvent: (next: string) => void navigate(paths.event(tree, next) + search),
    setView: (next: TreeView) => set("view", next),
    setFilter: (name: keyof TreeFilter, value: string) => set(name, value),
    close: () => void navigate(paths.tree(tree) + search),
  };
}

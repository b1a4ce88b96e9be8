/** View, filter and selection of the tree page live in its address, so that a reload or a sent link shows the same. */
import { useMediaQuery } from "@mantine/hooks";
import { useLocation, useNavigate, useParams, useSearchParams } from "react-router";
import { type EventTab, paths, type TreeView } from "@/lib/paths";

const TABS: readonly EventTab[] = ["why", "attempts", "deliveries", "inputs", "result", "history"];

export type TreeAddress = ReturnType<typeof useTreeAddress>;

export function useTreeAddress() {
  const { tree = "", sub, tab } = useParams();
  const [query, setQuery] = useSearchParams();
  const { search } = useLocation();
  const navigate = useNavigate();
  const narrow = useMediaQuery("(max-width: 767px)", window.innerWidth < 768, { getInitialValueInEffect: false });
  const asked = query.get("view");
  const view: TreeView = asked === "table" || asked === "graph" ? asked : narrow ? "table" : "graph";
  const set = (name: string, value: string) =>
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
    view,
    critical: query.get("crit") === "1",
    filter: { q: query.get("q") ?? "", state: query.get("state") ?? "" },
    search,
    setCritical: (shown: boolean) => set("crit", shown ? "1" : ""),
    openEvent: (next: string) => void navigate(paths.event(tree, next) + search),
    setView: (next: TreeView) => set("view", next),
    setFilter: (name: "q" | "state", value: string) => set(name, value),
    close: () => void navigate(paths.tree(tree) + search),
  };
}

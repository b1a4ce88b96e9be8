/** What of the graph is looked at, as the address has it. */
import { useSearchParams } from "react-router";
import type { GraphPart } from "../api/get-whole-graph";
import type { Grouped } from "./graph-model";

export type GroupWish = "auto" | Grouped;

export const DEPTHS = [1, 2, 3, 5] as const;
/** So far one sees up and down from a project that nothing else is said of. */
const USUAL_DEPTH = 2;

export interface GraphAddress {
  focus: string | null;
  dir: "up" | "down" | "both";
  /** Null is as far as it goes. */
  depth: number | null;
  /** `auto`: by owner once the cards are too many to overlook. */
  group: GroupWish;
  q: string;
  table: boolean;
  /** What is asked of the server. */
  part: GraphPart;
  /** The address with something else in it; an empty value takes it out. */
  change(values: Record<string, string>, how?: { push: boolean }): void;
}

export function useGraphAddress(): GraphAddress {
  const [query, setQuery] = useSearchParams();
  const focus = query.get("focus") || null;
  const dir = oneOf(["up", "down"] as const, query.get("dir")) ?? "both";
  const depth = depthOf(query.get("depth"));
  const group = groupOf(focus, query.get("group"));
  return {
    focus,
    dir,
    depth,
    group,
    q: query.get("q") ?? "",
    table: query.get("view") === "table",
    part: focus ? { focus, dir, ...(depth ? { depth } : {}) } : {},
    change: (values, how = { push: false }) =>
      setQuery(
        (before) => {
          const after = new URLSearchParams(before);
          for (const [name, value] of Object.entries(values)) {
            if (value) after.set(name, value);
            else after.delete(name);
          }
          return after;
        },
        { replace: !how.push },
      ),
  };
}

/** "all" is as far as it goes. */
function depthOf(text: string | null): number | null {
  if (text === "all") return null;
  const depth = Number(text);
  return Number.isInteger(depth) && depth >= 1 && depth <= 50 ? depth : USUAL_DEPTH;
}

function groupOf(focus: string | null, text: string | null): GroupWish {
  if (focus || text === "none") return "";
  return oneOf(["owner", "ci"] as const, text) ?? "auto";
}

const oneOf = <T extends string>(known: readonly T[], text: string | null): T | undefined =>
  known.find((one) => one === text);

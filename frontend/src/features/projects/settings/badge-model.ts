/** Which badges there are, and which one the address asks for. */
import type { BadgePick } from "../api/badge";

export const KINDS: readonly [kind: BadgePick["kind"], text: string][] = [
  ["result", "the last result"],
  ["tree", "the newest tree"],
];

export const STYLES: readonly BadgePick["style"][] = ["flat", "flat-square", "plastic"];

/** What is not in the address, or not known, is as it is for everybody. */
export function pickOf(params: URLSearchParams): BadgePick {
  return {
    kind: KINDS.find(([kind]) => kind === params.get("kind"))?.[0] ?? "result",
    branch: params.get("branch")?.trim() || null,
    style: STYLES.find((style) => style === params.get("style")) ?? "flat",
  };
}

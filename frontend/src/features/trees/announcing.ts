/** What changed in a tree, as one sentence for who cannot see it. */
import { isBad, isFinal, STATE_WORD, STATES, type State } from "@/lib/states";
import type { TreeRow } from "./tree-model";

export type Standing = ReadonlyMap<string, State>;

const NAMED = 3;

export const standingOf = (rows: readonly TreeRow[]): Standing =>
  new Map(rows.map((row) => [row.node.sub_id, row.state]));

/** "3 success, 1 failed: app-web"; empty when nothing that matters has changed. What only begins is told as a number. */
export function changesSince(before: Standing, rows: readonly TreeRow[]): string {
  const changed = rows.filter((row) => {
    const was = before.get(row.node.sub_id);
    return was !== undefined && was !== row.state && (isFinal(row.state) || row.state === "running");
  });
  return STATES.flatMap((state) => {
    const those = changed.filter((row) => row.state === state);
    if (!those.length) return [];
    const names = those.slice(0, NAMED).map((row) => row.name);
    const more = those.length > NAMED ? ` and ${those.length - NAMED} more` : "";
    return `${those.length} ${STATE_WORD[state]}${isBad(state) ? `: ${names.join(", ")}${more}` : ""}`;
  }).join(", ");
}

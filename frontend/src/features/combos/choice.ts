/** Which two combos of a list are compared: the newest with the one before it, until somebody chooses. */
import type { ComboSummary } from "@/lib/api/types";

export interface Choice {
  old: string;
  new: string;
}

/** `picked` may name combos that a filter has taken out of the list; they then stand for nothing. */
export function choiceOf(combos: readonly Pick<ComboSummary, "id">[], picked: Partial<Choice>): Choice | null {
  const known = (id: string | undefined) => combos.find((combo) => combo.id === id)?.id;
  const newer = known(picked.new) ?? combos.find((combo) => combo.id !== picked.old)?.id;
  const older = known(picked.old) ?? behind(combos, newer);
  return newer && older ? { old: older, new: newer } : null;
}

/** The next older one, or the last where there is none. */
function behind(combos: readonly Pick<ComboSummary, "id">[], id: string | undefined): string | undefined {
  const at = combos.findIndex((combo) => combo.id === id);
  return combos[Math.min(at + 1, combos.length - 1)]?.id;
}

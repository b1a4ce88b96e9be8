/** The imagined success that the address names. */
import { useSearchParams } from "react-router";
import type { Wanted } from "@/lib/paths";

const NAMES = ["project", "branch", "tag", "pipeline"] as const;

export function useWanted(): { wanted: Wanted; setWanted(wanted: Wanted): void } {
  const [query, setQuery] = useSearchParams();
  return {
    wanted: filled((name) => query.get(name)),
    setWanted: (wanted) => setQuery({ ...filled((name) => wanted[name]) }, { replace: true }),
  };
}

export const wantedOf = (form: FormData): Wanted => filled((name) => String(form.get(name) ?? "").trim());

/** Only what is there: an absent ref means the project's default branch. */
function filled(value: (name: (typeof NAMES)[number]) => string | null | undefined): Wanted {
  return Object.fromEntries(NAMES.flatMap((name) => (value(name) ? [[name, value(name)]] : [])));
}

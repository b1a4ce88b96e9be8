/** What the list of projects is asked for, kept in the address. */
import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import type { ProjectsFilter } from "@/lib/api/calls/get-projects";
import { KINDS } from "./target/target-model";

export const RESULTS = ["success", "failed", "cancelled", "skipped", "timed_out"] as const;

export type Field = "q" | "ci" | "owner" | "state" | "starred";

/** Only what the address says, and only values that there are. */
export function filterOf(query: URLSearchParams): ProjectsFilter {
  const q = query.get("q")?.trim();
  const owner = query.get("owner");
  const ci = KINDS.find(([kind]) => kind === query.get("ci"))?.[0];
  const state = RESULTS.find((one) => one === query.get("state"));
  return {
    ...(q && { q }),
    ...(owner && { owner }),
    ...(ci && { ci }),
    ...(state && { state }),
    ...(query.get("starred") === "1" && { starred: true }),
  };
}

/** What is typed shows at once; the address and the server follow when the typing rests. */
export function useProjectsAddress() {
  const [query, setQuery] = useSearchParams();
  const set = (field: Field, value: string) =>
    setQuery(
      (before) => {
        const after = new URLSearchParams(before);
        if (value) after.set(field, value);
        else after.delete(field);
        return after;
      },
      { replace: true },
    );
  const { typed, setTyped } = useTyped(query.get("q") ?? "", (value) => set("q", value));
  return { filter: filterOf(query), set, typed, setTyped, clear: () => setQuery({}, { replace: true }) };
}

function useTyped(asked: string, write: (value: string) => void) {
  const [typed, setTyped] = useState(asked);
  const [wanted] = useDebouncedValue(typed.trim(), 200);
  const written = useRef(asked);
  const latest = useRef(write);
  latest.current = write;
  useEffect(() => {
    if (wanted === written.current) return;
    written.current = wanted;
    latest.current(wanted);
  }, [wanted]);
  useEffect(() => {
    if (asked === written.current) return;
    written.current = asked;
    setTyped(asked);
  }, [asked]);
  return { typed, setTyped };
}

/** Lines in the address: `?step=3#L120-L140`. A click on a number links to it, with Shift to all from the one linked before. */
import { type MouseEvent, useCallback, useMemo, useRef } from "react";
import { useLocation, useNavigate } from "react-router";
import type { Build } from "@/lib/api/types";
import { formatLines, type LineRange, parseLines } from "./line-link";
import type { Place } from "./log-rows";

export interface LineLinks {
  step: number | null;
  lines: LineRange | null;
  /** A new one for each address that was opened; choosing a line here makes none, since it is in view already. */
  visit: string;
  covers(place: Place): boolean;
  pick(event: MouseEvent, n: number, line: number): void;
}

export function useLineLinks(build: Build): LineLinks {
  const { search, hash, key } = useLocation();
  const navigate = useNavigate();
  const lines = useMemo(() => parseLines(hash), [hash]);
  const step = useMemo(() => stepOf(build, search, lines !== null), [build, search, lines]);
  const picked = useRef(false);
  const visit = useRef(key);
  const last = useRef(key);
  if (last.current !== key) {
    last.current = key;
    if (!picked.current) visit.current = key;
    picked.current = false;
  }
  const pick = useCallback(
    (event: MouseEvent, n: number, line: number) => {
      if (event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      const from = event.shiftKey && lines && step === n ? lines.from : line;
      const range = { from: Math.min(from, line), to: Math.max(from, line) };
      const query = new URLSearchParams(search);
      query.set("step", String(n));
      picked.current = true;
      void navigate({ search: `?${query}`, hash: formatLines(range) }, { replace: true, preventScrollReset: true });
    },
    [lines, navigate, search, step],
  );
  const covers = ({ section, line }: Place) =>
    lines !== null && section.step.n === step && line !== null && line >= lines.from && line <= lines.to;
  return { step, lines, visit: visit.current, covers, pick };
}

/** A link to a line without a step means the only step that there is. */
function stepOf(build: Build, search: string, linked: boolean): number | null {
  const asked = new URLSearchParams(search).get("step");
  if (asked && /^\d{1,9}$/.test(asked)) return Number(asked);
  return linked && build.steps.length === 1 ? (build.steps[0]?.n ?? null) : null;
}

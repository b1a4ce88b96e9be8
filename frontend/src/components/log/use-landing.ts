/** Which steps are open, and what is still to be brought into view: by the address, by search, by `f`. */
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Build } from "@/lib/api/types";
import { asState } from "@/lib/states";
import { lineFor, openAtFirst, type Wanted, wantedOf } from "./landing";
import { indexOf, type Rows } from "./log-rows";
import type { Follow } from "./use-follow";
import type { LineLinks } from "./use-line-links";
import type { Mounted } from "./use-rows";

export interface Landing {
  open: ReadonlySet<number>;
  /** Whether the log opens at its end and stays there. */
  follows: boolean;
  show(wanted: Wanted): void;
  toggle(n: number): void;
  all(steps: readonly number[]): void;
  /** What is still to be brought into view. */
  wanted: Wanted | null;
  /** It is in view, or not waited for any more because somebody moves the log by hand. */
  done(): void;
}

export function useLanding(build: Build, links: LineLinks): Landing {
  const [wanted, setWanted] = useState(() => wantedOf(build, links.step, links.lines));
  const [open, setOpen] = useState(() => openAtFirst(build.steps, wanted));
  const [follows] = useState(() => wanted?.what === "end");
  const visit = useRef(links.visit);
  const add = useCallback(
    (steps: readonly number[]) =>
      setOpen((before) => (steps.every((n) => before.has(n)) ? before : new Set([...before, ...steps]))),
    [],
  );
  const show = (next: Wanted) => {
    add([next.n]);
    setWanted(next);
  };
  useEffect(() => {
    if (visit.current === links.visit) return;
    visit.current = links.visit;
    const next = wantedOf(build, links.step, links.lines);
    if (next) show(next);
  });
  // what begins to run opens; it comes below what is being read
  useEffect(() => {
    add(build.steps.filter((step) => asState(step.state) === "running").map((step) => step.n));
  }, [build.steps, add]);
  return {
    open,
    follows,
    wanted,
    show,
    toggle: (n) =>
      setOpen((before) => (before.has(n) ? new Set([...before].filter((one) => one !== n)) : new Set([...before, n]))),
    all: (steps) => setOpen(new Set(steps)),
    done: () => setWanted(null),
  };
}

/** Scrolls to what is wanted as soon as it is there. */
export function useArrival({ wanted, done }: Landing, rows: Rows, mounted: Mounted, follow: Follow): void {
  useLayoutEffect(() => {
    if (wanted && reached(wanted, rows, mounted, follow)) done();
  });
}

/** Brings it into view; false while it has not arrived. */
function reached(wanted: Wanted, rows: Rows, mounted: Mounted, follow: Follow): boolean {
  const section = rows.sections.find((one) => one.step.n === wanted.n);
  if (!section) return false;
  if (wanted.what === "end") {
    follow.toEnd();
    return true;
  }
  const line = lineFor(wanted.what, section);
  if (line === undefined) return false;
  const index = indexOf(rows, wanted.n, line);
  if (index === undefined) return false;
  follow.stop();
  mounted.scrollTo(index, line === null ? "start" : "center");
  return true;
}

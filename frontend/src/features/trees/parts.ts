/** The parts of the tree page that are chunks of their own: what one may look at later does not delay what one looks at first. */
import { useEffect } from "react";
import { part, whenIdle } from "@/lib/part";

export const EventDrawer = part(async () => (await import("./drawer/event-drawer")).EventDrawer);
export const TreeTable = part(async () => (await import("./tree-table")).TreeTable);
export const TreeTimeline = part(async () => (await import("./timeline/tree-timeline")).TreeTimeline);
export const WhyNotHere = part(async () => (await import("./why-project")).WhyNotHere);
export const WhyProjectDialog = part(async () => (await import("./why-project")).WhyProjectDialog);

/** By then the tree is drawn, on most machines. */
const SOON_MS = 300;

/** They are fetched while nothing else is to do, so that they open at once. */
export function usePartsSoon(): void {
  useEffect(() => {
    let stop: (() => void) | undefined;
    const timer = setTimeout(() => {
      stop = whenIdle(() => {
        for (const later of [EventDrawer, TreeTable, TreeTimeline]) later.fetch();
      });
    }, SOON_MS);
    return () => {
      clearTimeout(timer);
      stop?.();
    };
  }, []);
}

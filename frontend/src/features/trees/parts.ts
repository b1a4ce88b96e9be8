/** The parts of the tree page that are chunks of their own: what one may look at later does not delay what one looks at first. */
import { lazy, useEffect } from "react";

const drawer = () => import("./drawer/event-drawer");
const table = () => import("./tree-table");
const timeline = () => import("./timeline/tree-timeline");
const why = () => import("./why-project");

export const EventDrawer = lazy(async () => ({ default: (await drawer()).EventDrawer }));
export const TreeTable = lazy(async () => ({ default: (await table()).TreeTable }));
export const TreeTimeline = lazy(async () => ({ default: (await timeline()).TreeTimeline }));
export const WhyNotHere = lazy(async () => ({ default: (await why()).WhyNotHere }));
export const WhyProjectDialog = lazy(async () => ({ default: (await why()).WhyProjectDialog }));

const SOON_MS = 1000;

/** They are fetched while nothing else is to do, so that they open at once. */
export function usePartsSoon(): void {
  useEffect(() => {
    const timer = setTimeout(() => {
      // what fails is asked for again when it is wanted
      for (const load of [drawer, table, timeline]) void load().catch(() => {});
    }, SOON_MS);
    return () => clearTimeout(timer);
  }, []);
}

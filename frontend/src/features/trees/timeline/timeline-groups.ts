/** The rows of the timeline: one for each event, below a heading for each group; a folded group is its heading alone. */
import type { State } from "@/lib/states";
import { type Grouped, itemsOf } from "../table/table-model";
import { type Bar, type Range, unionOf } from "./timeline-model";

export interface Heading {
  heading: string;
  count: number;
  state: State | null;
  /** When any of its events was busy. */
  busy: Range[];
  folded: boolean;
}

export type TimelineItem = Heading | { bar: Bar };

/** The group that an event stands in; null without groups. */
export function headingOf(bars: readonly Bar[], grouped: Grouped, sub: string): string | null {
  let heading: string | null = null;
  for (const item of timelineItems(bars, grouped, new Set())) {
    if ("heading" in item) heading = item.heading;
    else if (item.bar.row.node.sub_id === sub) return heading;
  }
  return null;
}

export function timelineItems(bars: readonly Bar[], grouped: Grouped, folded: ReadonlySet<string>): TimelineItem[] {
  if (!grouped) return bars.map((bar) => ({ bar }));
  const byRow = new Map(bars.map((bar) => [bar.row, bar]));
  const items: TimelineItem[] = [];
  let members: Bar[] = [];
  let open = true;
  for (const item of itemsOf([...byRow.keys()], grouped)) {
    if ("heading" in item) {
      const { heading, count, state } = item;
      open = !folded.has(heading);
      members = [];
      items.push({ heading, count, state, busy: [], folded: !open });
      continue;
    }
    const bar = byRow.get(item.row) as Bar;
    members.push(bar);
    const last = items.findLast((one) => "heading" in one);
    if (last && members.length === last.count) last.busy = unionOf(members);
    if (open) items.push({ bar });
  }
  return items;
}

/** The cards of the graph: one for each event, or for each group of events. */
import { useMemo, useRef } from "react";
import type { GraphCardContent } from "@/components/graph/graph-card";
import type { Group } from "@/components/graph/groups";
import { behind, type Neighbourhood } from "@/components/graph/reach";
import { Duration } from "@/components/time";
import { paths } from "@/lib/paths";
import type { State } from "@/lib/states";
import { type Mark, marksOf, type Overlay } from "../marks";
import { Marks } from "../marks-view";
import { begunAt, labelOf, type TreeRow } from "../tree-model";
import { summaryOf } from "./group-model";

const SAYS_WHY: ReadonlySet<State> = new Set(["skipped", "cancelled", "timed_out", "undeliverable"]);

type Known = Map<string, { node: unknown; key: string; card: GraphCardContent }>;

interface Shown {
  tree: string;
  rows: readonly TreeRow[];
  reach: Neighbourhood;
  groups: readonly Group[];
  groupOf: ReadonlyMap<string, Group>;
  search: string;
  overlay: Overlay;
  onOpen(group: string): void;
}

/** Cards whose event did not change, nor what lies over it, keep their object, and so are not rendered again. */
export function useEventCards({
  tree,
  rows,
  reach,
  groups,
  groupOf,
  search,
  overlay,
  onOpen,
}: Shown): GraphCardContent[] {
  const known = useRef<Known>(new Map());
  const open = useRef(onOpen);
  open.current = onOpen;
  return useMemo(() => {
    const critical = new Set(overlay.critical);
    const cards: GraphCardContent[] = [];
    for (const row of rows) {
      const id = row.node.sub_id;
      if (groupOf.has(id)) continue;
      const marks = marksOf(row, overlay);
      const key = [search, ...marks.map((mark) => mark.text)].join("\n");
      const before = known.current.get(id);
      const same = before?.node === row.node && before.key === key ? before.card : null;
      const card = same ?? { ...cardOf(tree, row, marks, behind(id, reach).size, search), critical: critical.has(id) };
      known.current.set(id, { node: row.node, key, card });
      cards.push(card);
    }
    cards.push(...groupCards(groups, rows, critical, known.current, (id) => open.current(id)));
    return cards;
  }, [tree, rows, reach, groups, groupOf, search, overlay]);
}

function groupCards(
  groups: readonly Group[],
  rows: readonly TreeRow[],
  critical: ReadonlySet<string>,
  known: Known,
  onOpen: (id: string) => void,
): GraphCardContent[] {
  const bySub = new Map(rows.map((row) => [row.node.sub_id, row]));
  return groups.map((group) => {
    const summary = summaryOf(group, (sub) => bySub.get(sub));
    const isCritical = group.members.some((sub) => critical.has(sub));
    const key = `${summary.label} ${isCritical}`;
    const before = known.get(group.id);
    const card = before?.key === key ? before.card : groupCardOf(group, summary, isCritical, () => onOpen(group.id));
    known.set(group.id, { node: null, key, card });
    return card;
  });
}

function groupCardOf(
  { id, members }: Group,
  { title, state, label, counts, bad }: ReturnType<typeof summaryOf>,
  critical: boolean,
  onOpen: () => void,
): GraphCardContent {
  const group = { count: members.length, counts, bad, onOpen };
  return { id, href: null, title, state, label, detail: null, critical, hint: label, group };
}

function cardOf(tree: string, row: TreeRow, marks: Mark[], after: number, search: string): GraphCardContent {
  const { node } = row;
  return {
    id: node.sub_id,
    href: paths.event(tree, node.sub_id) + search,
    title: row.name,
    state: row.state,
    label: labelOf(row, after, marks),
    tag: node.sub_id,
    hint: node.reason ?? undefined,
    detail: row.hidden ? (
      <span className="ellipsis">You may not see this project.</span>
    ) : (
      <Detail row={row} marks={marks} />
    ),
  };
}

/** The ref and how long it took; of an event that has not run, or not to its end, the reason. */
function Detail({ row: { node, state, parents }, marks }: { row: TreeRow; marks: Mark[] }) {
  const begun = begunAt(node);
  const why = !begun || SAYS_WHY.has(state) ? node.reason : null;
  return (
    <>
      <span className="ellipsis">{why ?? node.ref ?? node.target ?? ""}</span>
      {begun && !why && parents.length > 0 && <Duration from={begun} to={node.finished_at} />}
      {!why && parents.length > 1 && <span title={`joins ${parents.length} parents`}>⋈{parents.length}</span>}
      <Marks marks={marks} />
    </>
  );
}

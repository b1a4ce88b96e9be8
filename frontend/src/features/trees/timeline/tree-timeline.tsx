/** The event tree over time: what waited, what was queued in its CI system, what ran, and what is still to come. */
import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import { Link, useNavigate } from "react-router";
import { SelectBox } from "@/components/select-box";
import { StateIcon } from "@/components/state-icon";
import type { Forecast, TreeGraph } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { asState, isFinal, STATE_WORD } from "@/lib/states";
import { useKeys } from "@/lib/use-keys";
import { useNow } from "@/lib/use-now";
import { marksOf, type Overlay } from "../marks";
import { Marks } from "../marks-view";
import { GROUPED, type Grouped } from "../table/table-model";
import type { TreeRow } from "../tree-model";
import { useRowWalk } from "../use-row-walk";
import type { TreeAddress } from "../use-tree-address";
import { useWindow } from "../use-window";
import { Axis } from "./axis";
import { GroupRow } from "./group-row";
import { Legend } from "./legend";
import classes from "./timeline.module.css";
import { headingOf, timelineItems } from "./timeline-groups";
import {
  type Bar,
  barsOf,
  clampRange,
  type Order,
  orderBars,
  type Range,
  readRange,
  scaleRange,
  shiftRange,
  wholeRange,
  writeRange,
} from "./timeline-model";
import { barSentence, Track } from "./track";
import { useDragRange } from "./use-drag-range";

export const ROW = 28;
const HEAD = 32;
const ORDERS: [Order, string][] = [
  ["critical", "critical first"],
  ["start", "by start"],
  ["tree", "as in the tree"],
];

interface Props {
  graph: TreeGraph;
  rows: TreeRow[];
  forecast: Forecast | undefined;
  address: TreeAddress;
  focus: { id: string } | null;
  overlay: Overlay;
}

export function TreeTimeline({ graph, rows, forecast, address, focus, overlay }: Props) {
  const running = !isFinal(asState(graph.state));
  const now = useNow(running);
  const opened = Date.parse(graph.opened_at);
  const order = ORDERS.find(([one]) => one === address.get("order"))?.[0] ?? "critical";
  const bars = useMemo(() => orderBars(barsOf(rows, forecast, now), order), [rows, forecast, now, order]);
  const whole = useMemo(() => wholeRange(opened, bars, running, now), [opened, bars, running, now]);
  const range = readRange(address.get("range"), opened, whole) ?? whole;
  const show = (next: Range) => {
    const cut = clampRange(next, whole);
    address.set("range", cut ? writeRange(cut, opened) : "");
  };
  const scroller = useRef<HTMLDivElement>(null);
  const grouped = address.get("group") as Grouped;
  const [folded, fold] = useFolded(bars, grouped, focus);
  const items = useMemo(() => timelineItems(bars, grouped, folded), [bars, grouped, folded]);
  const window = useWindow(scroller, items.length, ROW, HEAD);
  const ids = useMemo(() => items.flatMap((item) => ("bar" in item ? [item.bar.row.node.sub_id] : [])), [items]);
  const reveal = (index: number) =>
    window.reveal(items.findIndex((item) => "bar" in item && item.bar.row.node.sub_id === ids[index]));
  const walk = useRowWalk({ list: scroller, ids, selected: address.selected, request: focus, reveal });
  const drag = useDragRange(range, show);
  const ways = {
    wider: () => show(scaleRange(range, 2)),
    closer: () => show(scaleRange(range, 0.5)),
    all: () => address.set("range", ""),
    earlier: () => show(shiftRange(range, -0.5)),
    later: () => show(shiftRange(range, 0.5)),
  };
  useKeys({ "0": ways.all, "+": ways.closer, "-": ways.wider });
  return (
    <div className={classes.frame}>
      <div className={classes.bar}>
        <SelectBox
          label="Order of the rows"
          value={order}
          options={ORDERS}
          onChange={(next) => address.set("order", next === "critical" ? "" : next)}
        />
        <SelectBox
          label="Group the rows"
          value={grouped}
          options={GROUPED}
          onChange={(next) => address.set("group", next)}
        />
        <RangeButtons ways={ways} whole={range === whole} />
        <Legend />
      </div>
      <section ref={scroller} className={classes.scroll} aria-label="Events over time">
        <Axis range={range} opened={opened} dragged={drag.dragged} />
        <div className={classes.body}>
          <ol
            className={classes.rows}
            style={{ paddingTop: window.above, paddingBottom: window.below }}
            onFocus={walk.onFocus}
          >
            {items
              .slice(window.first, window.end)
              .map((item) =>
                "bar" in item ? (
                  <Row
                    key={item.bar.row.node.sub_id}
                    {...{ bar: item.bar, range, opened, now, overlay, address }}
                    reachable={item.bar.row.node.sub_id === walk.reachable}
                    onKeyDown={walk.onKeyDown}
                    onPointerDown={drag.start}
                  />
                ) : (
                  <GroupRow key={`group ${item.heading}`} group={item} range={range} onFold={fold} />
                ),
              )}
          </ol>
          <Lines range={range} now={running ? now : null} dragged={drag.dragged} />
        </div>
      </section>
    </div>
  );
}

/** The headings of the groups that are folded. The group of an event that is asked for opens, before the walk looks for its row. */
function useFolded(
  bars: readonly Bar[],
  grouped: Grouped,
  focus: { id: string } | null,
): [ReadonlySet<string>, (heading: string) => void] {
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [led, setLed] = useState(focus);
  if (focus !== led) {
    setLed(focus);
    const heading = focus && headingOf(bars, grouped, focus.id);
    if (heading && folded.has(heading)) setFolded(new Set([...folded].filter((one) => one !== heading)));
  }
  const fold = (heading: string) =>
    setFolded((before) => {
      const after = new Set(before);
      if (!after.delete(heading)) after.add(heading);
      return after;
    });
  return [folded, fold];
}

interface Ways {
  wider(): void;
  closer(): void;
  all(): void;
  earlier(): void;
  later(): void;
}

/** What dragging does can be done by buttons, too. */
function RangeButtons({ ways, whole }: { ways: Ways; whole: boolean }) {
  return (
    <fieldset className={classes.buttons}>
      <legend className="sr-only">Range of time</legend>
      <button type="button" onClick={ways.earlier} disabled={whole} aria-label="Earlier" title="Earlier">
        ‹
      </button>
      <button type="button" onClick={ways.later} disabled={whole} aria-label="Later" title="Later">
        ›
      </button>
      <button type="button" onClick={ways.wider} disabled={whole} aria-label="Longer range" title="Longer range (-)">
        −
      </button>
      <button type="button" onClick={ways.closer} aria-label="Shorter range" title="Shorter range (+)">
        +
      </button>
      <button type="button" onClick={ways.all} disabled={whole} title="From start to end (0)">
        All
      </button>
    </fieldset>
  );
}

interface RowProps {
  bar: Bar;
  range: Range;
  opened: number;
  now: number;
  overlay: Overlay;
  address: TreeAddress;
  reachable: boolean;
  onKeyDown(event: KeyboardEvent): boolean;
  onPointerDown(event: React.PointerEvent<HTMLElement>): void;
}

function Row({ bar, range, opened, now, overlay, address, reachable, onKeyDown, onPointerDown }: RowProps) {
  const navigate = useNavigate();
  const { row } = bar;
  const { node, state } = row;
  const href = paths.event(address.tree, node.sub_id) + address.search;
  const marks = marksOf(row, overlay).filter((mark) => mark.text !== "critical");
  const said = [row.name, `event ${node.sub_id}`, STATE_WORD[state], bar.critical ? "critical" : "", barSentence(bar)];
  return (
    <li
      className={classes.row}
      data-row={node.sub_id}
      data-state={state}
      data-critical={bar.critical || undefined}
      aria-label={said.filter(Boolean).join(", ")}
      aria-current={node.sub_id === address.selected ? "true" : undefined}
      tabIndex={reachable ? 0 : -1}
      onKeyDown={(event) => {
        if (onKeyDown(event) || event.key !== "Enter" || event.target !== event.currentTarget) return;
        void navigate(href);
      }}
    >
      <span className={classes.label}>
        <StateIcon state={state} size={14} />
        <Link className="ellipsis" to={href} tabIndex={-1} title={row.name}>
          {row.name}
        </Link>
        <span className={classes.sub}>{node.sub_id}</span>
        {bar.critical && <span className={classes.critical}>critical</span>}
        <Marks marks={marks} />
      </span>
      <Track bar={bar} range={range} opened={opened} now={now} onPointerDown={onPointerDown} />
    </li>
  );
}

/** The line of now, and what is being dragged, over all rows. */
function Lines({ range, now, dragged }: { range: Range; now: number | null; dragged: Range | null }) {
  const at = (moment: number) => `${((moment - range.from) / (range.to - range.from)) * 100}%`;
  const isSeen = now !== null && now >= range.from && now <= range.to;
  return (
    <div className={classes.lines} aria-hidden="true">
      {isSeen && <i className={classes.now} style={{ left: at(now) }} />}
      {dragged && (
        <i
          className={classes.dragged}
          style={{ left: at(dragged.from), width: `${((dragged.to - dragged.from) / (range.to - range.from)) * 100}%` }}
        />
      )}
    </div>
  );
}

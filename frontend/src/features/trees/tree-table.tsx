/** The event tree as a treegrid: for finding, for reading why, and for screens too narrow for a picture. */
import { type KeyboardEvent, type ReactNode, useMemo, useRef } from "react";
import { Link, useNavigate } from "react-router";
import { StateText } from "@/components/state-badge";
import { StateIcon } from "@/components/state-icon";
import { Duration, Time } from "@/components/time";
import type { Forecast } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { formatDuration } from "@/lib/time";
import { marksOf, type Overlay } from "./marks";
import { Marks } from "./marks-view";
import {
  COLUMNS,
  type Column,
  type Grouped,
  itemsOf,
  nextSorting,
  readColumns,
  readSorting,
  sortRows,
} from "./table/table-model";
import { TableTools } from "./table/table-tools";
import { useNarrow } from "./table/use-narrow";
import { alsoAfter, begunAt, type TreeRow } from "./tree-model";
import classes from "./tree-table.module.css";
import { useRowWalk } from "./use-row-walk";
import type { TreeAddress } from "./use-tree-address";
import { useWindow } from "./use-window";

interface Props {
  rows: TreeRow[];
  forecast: Forecast | undefined;
  address: TreeAddress;
  focus: { id: string } | null;
  overlay: Overlay;
}

const HEAD = 33;
/** Deeper levels are not indented further: the sub id tells them. */
const DEEPEST = 6;

export function TreeTable({ rows, forecast, address, focus, overlay }: Props) {
  const wrap = useRef<HTMLDivElement>(null);
  const sorting = readSorting(address.get("sort"));
  const grouped = address.get("group") as Grouped;
  const columns = readColumns(address.get("cols"));
  const { by, way } = sorting ?? {};
  // a row that goes on must not wander while one reads: durations are compared as they were when the order was asked for
  const items = useMemo(
    () => itemsOf(sortRows(rows, by && way ? { by, way } : null, Date.now()), grouped),
    [rows, by, way, grouped],
  );
  const ids = useMemo(() => items.flatMap((item) => ("row" in item ? [item.row.node.sub_id] : [])), [items]);
  const height = useNarrow(wrap) ? 56 : 36;
  const window = useWindow(wrap, items.length, height, HEAD);
  const reveal = (index: number) =>
    window.reveal(items.findIndex((item) => "row" in item && item.row.node.sub_id === ids[index]));
  const walk = useRowWalk({ list: wrap, ids, selected: address.selected, request: focus, reveal });
  const usual = useMemo(
    () => new Map((forecast?.events ?? []).map((event) => [event.sub_id, event.p50_s])),
    [forecast],
  );
  const shown = COLUMNS.filter(([name]) => !columns || columns.has(name));
  return (
    <div className={classes.frame}>
      <TableTools rows={rows} address={address} grouped={grouped} columns={columns} />
      <div ref={wrap} className={classes.wrap} data-chosen={columns ? "" : undefined}>
        <table
          className={classes.table}
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: the treegrid pattern of WAI-ARIA is made of a table
          role="treegrid"
          aria-label="Events of this tree"
          aria-rowcount={items.length + 1}
        >
          <thead>
            <tr>
              {shown.map(([name, text]) => (
                <th
                  key={name}
                  scope="col"
                  className={classes[name]}
                  aria-sort={by === name ? (way === 1 ? "ascending" : "descending") : undefined}
                >
                  <button type="button" onClick={() => address.set("sort", nextSorting(sorting, name))}>
                    {text}
                    <span aria-hidden="true">{by === name ? (way === 1 ? " ↑" : " ↓") : ""}</span>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody onFocus={walk.onFocus}>
            <Gap height={window.above} />
            {items.slice(window.first, window.end).map((item, i) =>
              "row" in item ? (
                <Row
                  key={item.row.node.sub_id}
                  row={item.row}
                  overlay={overlay}
                  shown={shown}
                  usual={usual.get(item.row.node.sub_id) ?? null}
                  inTree={!sorting}
                  href={paths.event(address.tree, item.row.node.sub_id) + address.search}
                  index={window.first + i + 2}
                  reachable={item.row.node.sub_id === walk.reachable}
                  selected={item.row.node.sub_id === address.selected}
                  onKeyDown={walk.onKeyDown}
                />
              ) : (
                <tr
                  key={`group ${item.heading}`}
                  className={classes.heading}
                  aria-level={1}
                  aria-rowindex={window.first + i + 2}
                >
                  <th colSpan={shown.length} scope="rowgroup">
                    {item.state && <StateIcon state={item.state} size={14} />} {item.heading}{" "}
                    <span className="muted">{item.count}</span>
                  </th>
                </tr>
              ),
            )}
            <Gap height={window.below} />
          </tbody>
        </table>
      </div>
    </div>
  );
}

/** The room of the rows that are not mounted. */
function Gap({ height }: { height: number }) {
  return height > 0 ? (
    <tr className={classes.gap}>
      <td style={{ height }} />
    </tr>
  ) : null;
}

interface RowProps {
  row: TreeRow;
  overlay: Overlay;
  shown: readonly (readonly [Column, string])[];
  /** Seconds that half of the runs before took. */
  usual: number | null;
  /** Whether rows stand below their parents. */
  inTree: boolean;
  href: string;
  index: number;
  reachable: boolean;
  selected: boolean;
  onKeyDown(event: KeyboardEvent): boolean;
}

function Row({ row, overlay, shown, usual, inTree, href, index, reachable, selected, onKeyDown }: RowProps) {
  const navigate = useNavigate();
  const { node } = row;
  // the attempt has a column of its own
  const marks = marksOf(row, overlay).filter((mark) => !mark.text.startsWith("↻"));
  const keys = (event: KeyboardEvent<HTMLTableRowElement>) => {
    if (onKeyDown(event) || event.key !== "Enter" || event.target !== event.currentTarget) return;
    event.preventDefault();
    void navigate(href);
  };
  return (
    <tr
      data-row={node.sub_id}
      data-state={row.state}
      aria-level={inTree ? row.level : 1}
      aria-rowindex={index}
      aria-selected={selected}
      tabIndex={reachable ? 0 : -1}
      onKeyDown={keys}
    >
      {shown.map(([name]) => (
        <td
          key={name}
          className={name === "subid" ? `${classes.subid} mono` : classes[name]}
          title={titleOf(name, row)}
        >
          {name === "project" ? (
            <Name row={row} href={href} indent={inTree}>
              <Marks marks={marks} />
            </Name>
          ) : (
            <Cell name={name} row={row} usual={usual} />
          )}
        </td>
      ))}
    </tr>
  );
}

function titleOf(name: Column, { node }: TreeRow): string | undefined {
  if (name === "subid") return node.sub_id;
  return name === "why" ? (node.reason ?? undefined) : undefined;
}

function Cell({ name, row, usual }: { name: Column; row: TreeRow; usual: number | null }): ReactNode {
  const { node } = row;
  switch (name) {
    case "state":
      return <StateText state={row.state} />;
    case "subid":
      return node.sub_id;
    case "why":
      return node.reason;
    case "ci":
      return node.target;
    case "ref":
      return node.ref;
    case "started":
      return <Time at={begunAt(node)} />;
    case "duration":
      return (
        <>
          <Duration from={begunAt(node)} to={node.finished_at} />
          {usual !== null && <span className={classes.usual}>of {formatDuration(usual * 1000)}</span>}
        </>
      );
    case "attempt":
      return row.attempt > 1 ? `↻${row.attempt}` : row.attempt || "";
    default:
      return node.owner;
  }
}

function Name({ row, href, indent, children }: { row: TreeRow; href: string; indent: boolean; children: ReactNode }) {
  const also = alsoAfter(row);
  return (
    <span className={classes.two} style={indent ? { paddingLeft: Math.min(row.level - 1, DEEPEST) * 16 } : undefined}>
      <span className={classes.name}>
        <Link to={href}>{row.name}</Link>
        {children}
        {also.length > 0 && (
          <span className={classes.also} title={`also after ${also.join(", ")}`}>
            also after {also.join(", ")}
          </span>
        )}
      </span>
      {row.node.reason && <span className={classes.under}>{row.node.reason}</span>}
    </span>
  );
}

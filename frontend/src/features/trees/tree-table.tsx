/** The event tree as a treegrid: for finding, for reading why, and for screens too narrow for a picture. */
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { Link, useNavigate } from "react-router";
import { StateText } from "@/components/state-badge";
import { Duration, Time } from "@/components/time";
import { paths } from "@/lib/paths";
import { useKeys } from "@/lib/use-keys";
import { marksOf, type Overlay } from "./marks";
import { Marks } from "./marks-view";
import { alsoAfter, type TreeRow } from "./tree-model";
import classes from "./tree-table.module.css";

interface Props {
  tree: string;
  rows: TreeRow[];
  selected: string | null;
  focus: { id: string } | null;
  search: string;
  overlay: Overlay;
}

const COLUMNS = ["State", "Project", "Sub id", "Why", "Target", "Ref", "Started", "Duration", "Attempt"] as const;

export function TreeTable({ tree, rows, selected, focus, search, overlay }: Props) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [current, setCurrent] = useState<string | null>(null);
  const reachable = rows.find((row) => row.node.sub_id === (current ?? selected))?.node.sub_id ?? rows[0]?.node.sub_id;
  const moveTo = (id: string | undefined) => {
    if (id === undefined) return;
    setCurrent(id);
    body.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(id)}"]`)?.focus();
  };
  const by = (way: 1 | -1) => rows[rows.findIndex((row) => row.node.sub_id === reachable) + way]?.node.sub_id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new request moves the focus
  useEffect(() => moveTo(focus?.id), [focus]);
  useKeys({ j: () => moveTo(by(1)), k: () => moveTo(by(-1)) });
  return (
    <div className={classes.wrap}>
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: the treegrid pattern of WAI-ARIA is made of a table */}
      <table className={classes.table} role="treegrid" aria-label="Events of this tree">
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <th key={column} scope="col" className={classes[key(column)]}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {rows.map((row, i) => (
            <Row
              key={row.node.sub_id}
              row={row}
              overlay={overlay}
              href={paths.event(tree, row.node.sub_id) + search}
              index={i + 2}
              reachable={row.node.sub_id === reachable}
              selected={row.node.sub_id === selected}
              onMove={(way) => moveTo(by(way))}
              onFocus={() => setCurrent(row.node.sub_id)}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  row: TreeRow;
  overlay: Overlay;
  href: string;
  index: number;
  reachable: boolean;
  selected: boolean;
  onMove(way: 1 | -1): void;
  onFocus(): void;
}

function Row({ row, overlay, href, index, reachable, selected, onMove, onFocus }: RowProps) {
  const navigate = useNavigate();
  const { node } = row;
  // the attempt has a column of its own
  const marks = marksOf(row, overlay).filter((mark) => !mark.text.startsWith("↻"));
  const keys = (event: KeyboardEvent<HTMLTableRowElement>) => {
    const way = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : null;
    if (way !== null) onMove(way);
    else if (event.key !== "Enter" || event.target !== event.currentTarget || row.hidden) return;
    else void navigate(href);
    event.preventDefault();
  };
  return (
    <tr
      data-row={node.sub_id}
      data-state={row.state}
      aria-level={row.level}
      aria-rowindex={index}
      aria-selected={selected}
      tabIndex={reachable ? 0 : -1}
      onKeyDown={keys}
      onFocus={onFocus}
    >
      <td className={classes.state}>
        <StateText state={row.state} />
      </td>
      <td className={classes.project}>
        <Name row={row} href={href}>
          <Marks marks={marks} />
        </Name>
        {node.reason && <span className={classes.under}>{node.reason}</span>}
      </td>
      <td className={`${classes.subid} mono`}>{node.sub_id}</td>
      <td className={classes.why} title={node.reason ?? undefined}>
        {node.reason}
      </td>
      <td className={classes.target}>{node.target}</td>
      <td className={classes.ref}>{node.ref}</td>
      <td className={classes.started}>
        <Time at={node.started_at} />
      </td>
      <td className={classes.duration}>
        <Duration from={node.started_at} to={node.finished_at} />
      </td>
      <td className={classes.attempt}>{node.attempt > 1 ? `↻${node.attempt}` : node.attempt || ""}</td>
    </tr>
  );
}

function Name({ row, href, children }: { row: TreeRow; href: string; children: ReactNode }) {
  const also = alsoAfter(row);
  return (
    <span className={classes.name} style={{ paddingLeft: (row.level - 1) * 16 }}>
      {row.hidden ? <span>{row.name}</span> : <Link to={href}>{row.name}</Link>}
      {children}
      {also.length > 0 && <span className={classes.also}>also after {also.join(", ")}</span>}
    </span>
  );
}

const key = (column: (typeof COLUMNS)[number]) => column.toLowerCase().replace(" ", "");

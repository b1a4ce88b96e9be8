/** The rows of the table: in which order, under which headings, and as a file. */
import { STATE_WORD, STATES, type State } from "@/lib/states";
import { compareSubIds } from "@/lib/sub-id";
import { alsoAfter, begunAt, type TreeRow } from "../tree-model";

export const COLUMNS = [
  ["state", "State"],
  ["project", "Project"],
  ["subid", "Sub id"],
  ["why", "Why"],
  ["ci", "CI"],
  ["ref", "Ref"],
  ["started", "Started"],
  ["duration", "Duration"],
  ["attempt", "Attempt"],
  ["owner", "Owner"],
] as const;

export type Column = (typeof COLUMNS)[number][0];
export type Grouped = "" | "state" | "ci" | "owner";

export const GROUPED: [Grouped, string][] = [
  ["", "no groups"],
  ["state", "by state"],
  ["ci", "by CI"],
  ["owner", "by owner"],
];

export interface Sorting {
  by: Column;
  /** 1 upwards, -1 downwards. */
  way: 1 | -1;
}

/** `-duration` is the longest first; null for the order of the tree. */
export function readSorting(text: string): Sorting | null {
  const by = COLUMNS.find(([name]) => name === text.replace(/^-/, ""))?.[0];
  return by ? { by, way: text.startsWith("-") ? -1 : 1 } : null;
}

/** What a click on a column's heading asks for next: upwards, downwards, the order of the tree. */
export function nextSorting(now: Sorting | null, by: Column): string {
  if (now?.by !== by) return by;
  return now.way === 1 ? `-${by}` : "";
}

/** The columns that were chosen; null when that is left to the room there is. */
export function readColumns(text: string): ReadonlySet<Column> | null {
  const chosen = COLUMNS.map(([name]) => name).filter((name) => text.split(",").includes(name));
  return chosen.length ? new Set<Column>([...chosen, "project"]) : null;
}

/** Milliseconds that it has taken, up to now where it goes on; null where it has not begun. */
export function tookMs({ node }: TreeRow, now: number): number | null {
  const begun = begunAt(node);
  return begun ? (node.finished_at ? Date.parse(node.finished_at) : now) - Date.parse(begun) : null;
}

type Key = string | number | null;

function keyOf(row: TreeRow, by: Column, now: number): Key {
  const { node } = row;
  switch (by) {
    case "state":
      return STATES.indexOf(row.state);
    case "project":
      return row.name.toLowerCase();
    case "why":
      return node.reason;
    case "ci":
      return node.target;
    case "ref":
      return node.ref;
    case "started":
      return begunAt(node);
    case "duration":
      return tookMs(row, now);
    case "attempt":
      return row.attempt;
    case "owner":
      return node.owner;
    default:
      return null;
  }
}

/** Rows without a value come last, whichever way; rows with the same value stay in the order of the tree. */
export function sortRows(rows: readonly TreeRow[], sorting: Sorting | null, now: number): TreeRow[] {
  if (!sorting) return [...rows];
  const { by, way } = sorting;
  if (by === "subid") return [...rows].sort((a, b) => way * compareSubIds(a.node.sub_id, b.node.sub_id));
  const keys = new Map(rows.map((row) => [row, keyOf(row, by, now)]));
  return [...rows].sort((a, b) => compareKeys(keys.get(a) ?? null, keys.get(b) ?? null, way));
}

function compareKeys(a: Key, b: Key, way: 1 | -1): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return a === b ? 0 : a < b ? -way : way;
}

export type Item = { heading: string; count: number; state: State | null } | { row: TreeRow };

/** The rows under headings, the worst state or the first name first; without groups just the rows. */
export function itemsOf(rows: readonly TreeRow[], grouped: Grouped): Item[] {
  if (!grouped) return rows.map((row) => ({ row }));
  const parts = new Map<string, TreeRow[]>();
  for (const row of rows) {
    const name = groupName(row, grouped);
    const part = parts.get(name);
    if (part) part.push(row);
    else parts.set(name, [row]);
  }
  const names = [...parts.keys()].sort((a, b) => (grouped === "state" ? badness(a) - badness(b) : a < b ? -1 : 1));
  return names.flatMap((name) => {
    const part = parts.get(name) ?? [];
    const state = grouped === "state" ? (part[0]?.state ?? null) : null;
    return [{ heading: name, count: part.length, state }, ...part.map((row) => ({ row }))];
  });
}

const ORDER: readonly State[] = [
  ...(["failed", "undeliverable", "timed_out", "running", "triggered", "queued", "waiting"] as const),
  ...(["cancelled", "skipped", "success"] as const),
];
const badness = (word: string) => ORDER.findIndex((state) => STATE_WORD[state] === word);

function groupName(row: TreeRow, grouped: Grouped): string {
  if (grouped === "state") return STATE_WORD[row.state];
  if (grouped === "ci") return row.node.target ?? "unknown CI";
  return row.node.owner ?? "no owner";
}

/** The rows with all columns as comma-separated values (RFC 4180), times in UTC, durations in seconds. */
export function csvOf(rows: readonly TreeRow[], now: number): string {
  const heads = [...COLUMNS.map(([, text]) => text), "Finished", "Also after"];
  const lines = rows.map((row) => {
    const { node } = row;
    const took = tookMs(row, now);
    return [
      ...[STATE_WORD[row.state], row.name, node.sub_id, node.reason, node.target, node.ref, begunAt(node)],
      ...[
        took === null ? null : (took / 1000).toFixed(3),
        row.attempt,
        node.owner,
        node.finished_at,
        alsoAfter(row).join(" "),
      ],
    ];
  });
  return [heads, ...lines]
    .map((line) => line.map(csvCell).join(","))
    .join("\r\n")
    .concat("\r\n");
}

/** A cell that a spreadsheet would run as a formula is made text. */
function csvCell(value: string | number | null | undefined): string {
  const text = String(value ?? "");
  const safe = /^[=+\-@\t\r]/.test(text) && typeof value === "string" ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

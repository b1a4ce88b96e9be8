/** The tools to look at a tree: views, filter, failures, focus, critical path, and following what runs. */
import { useMemo } from "react";
import { StateIcon } from "@/components/state-icon";
import type { Forecast } from "@/lib/api/types";
import type { TreeView } from "@/lib/paths";
import type { State } from "@/lib/states";
import { formatDuration } from "@/lib/time";
import { TreeFilterBar } from "../tree-filter";
import type { TreeRow } from "../tree-model";
import classes from "../tree-page.module.css";
import type { TreeAddress } from "../use-tree-address";

const VIEWS: [TreeView, string][] = [
  ["graph", "Graph"],
  ["timeline", "Timeline"],
  ["table", "Table"],
];

export interface Tools {
  address: TreeAddress;
  /** Null where there is nothing to follow. */
  following: boolean | null;
  onWalk(way: 1 | -1): void;
  onFocus(): void;
  onFollow(): void;
}

interface Props extends Tools {
  rows: TreeRow[];
  counts: [State, number][];
  failures: string[];
  forecast: Forecast | undefined;
}

export function TreeTools({ address, rows, counts, failures, forecast, following, onWalk, onFocus, onFollow }: Props) {
  const systems = useMemo(() => kindsOf(rows, ({ target }) => target), [rows]);
  const owners = useMemo(() => kindsOf(rows, ({ owner }) => owner), [rows]);
  return (
    <div className={classes.tools}>
      <fieldset className={classes.views}>
        <legend className="sr-only">View</legend>
        {VIEWS.map(([view, text], i) => (
          <button
            key={view}
            type="button"
            aria-pressed={address.view === view}
            onClick={() => address.setView(view)}
            title={`${text} (${i + 1})`}
          >
            {text}
          </button>
        ))}
      </fieldset>
      <TreeFilterBar
        filter={address.filter}
        hides={address.hides}
        onChange={address.setFilter}
        onHide={(hides) => address.set("hide", hides ? "1" : "")}
        states={counts.map(([one]) => one)}
        systems={systems}
        owners={owners}
      />
      <FocusButton address={address} rows={rows} onFocus={onFocus} />
      {forecast && forecast.critical_path.length > 1 && (
        <button
          type="button"
          className={classes.toggle}
          aria-pressed={address.critical}
          onClick={() => address.set("crit", address.critical ? "" : "1")}
          title="The path that sets when the tree ends (c)"
        >
          Critical path <span className="muted num">{formatDuration(forecast.critical_s * 1000)}</span>
        </button>
      )}
      {following !== null && (
        <button
          type="button"
          className={classes.toggle}
          aria-pressed={following}
          onClick={onFollow}
          title="Keep what runs in view (l); moving the view ends it"
        >
          Follow
        </button>
      )}
      {failures.length > 0 && <Failures count={failures.length} onWalk={onWalk} />}
    </div>
  );
}

const kindsOf = (rows: readonly TreeRow[], of: (node: TreeRow["node"]) => string | null): string[] =>
  [...new Set(rows.flatMap(({ node }) => of(node) ?? []))].sort();

/** Names the event around which the tree is shown; a click shows all of it again. */
function FocusButton({ address, rows, onFocus }: { address: TreeAddress; rows: TreeRow[]; onFocus(): void }) {
  const { focus, selected } = address;
  const name = rows.find((row) => row.node.sub_id === focus)?.name;
  if (focus === null && selected === null) return null;
  return (
    <button
      type="button"
      className={classes.toggle}
      aria-pressed={focus !== null}
      onClick={onFocus}
      title={focus === null ? "Only what leads to it and follows from it (x)" : "Show the whole tree again (x)"}
    >
      {focus === null ? "Focus" : `Only around ${name ?? ""} ${focus} ×`}
    </button>
  );
}

function Failures({ count, onWalk }: { count: number; onWalk(way: 1 | -1): void }) {
  return (
    <span className={classes.walk}>
      <StateIcon state="failed" size={14} /> {count}
      <button
        type="button"
        className={classes.step}
        onClick={() => onWalk(-1)}
        aria-label="Previous failure"
        title="Previous failure (F)"
      >
        ‹
      </button>
      <button
        type="button"
        className={classes.step}
        onClick={() => onWalk(1)}
        aria-label="Next failure"
        title="Next failure (f)"
      >
        ›
      </button>
    </span>
  );
}

/** How the table is grouped, which columns it has, and it as a file. */
import { Dropdown } from "@/components/dropdown";
import { SelectBox } from "@/components/select-box";
import type { TreeRow } from "../tree-model";
import type { TreeAddress } from "../use-tree-address";
import { COLUMNS, type Column, csvOf, GROUPED, type Grouped } from "./table-model";
import classes from "./table-tools.module.css";

interface Props {
  rows: readonly TreeRow[];
  address: TreeAddress;
  grouped: Grouped;
  columns: ReadonlySet<Column> | null;
}

export function TableTools({ rows, address, grouped, columns }: Props) {
  const toggle = (name: Column) => {
    const now = columns ?? new Set(COLUMNS.map(([one]) => one));
    const next = COLUMNS.map(([one]) => one).filter((one) => (one === name ? !now.has(one) : now.has(one)));
    address.set("cols", next.length === COLUMNS.length ? "" : next.join(","));
  };
  return (
    <div className={classes.tools}>
      <SelectBox
        label="Group the rows"
        value={grouped}
        options={GROUPED}
        onChange={(next) => address.set("group", next)}
      />
      <Dropdown label="Choose columns" button="Columns ▾" className={classes.button}>
        {() => (
          <ul className={classes.columns}>
            {COLUMNS.filter(([name]) => name !== "project").map(([name, text]) => (
              <li key={name}>
                <label>
                  <input type="checkbox" checked={!columns || columns.has(name)} onChange={() => toggle(name)} /> {text}
                </label>
              </li>
            ))}
          </ul>
        )}
      </Dropdown>
      <button
        type="button"
        className={classes.button}
        onClick={() => save(`tree-${address.tree}.csv`, csvOf(rows, Date.now()))}
      >
        Download CSV
      </button>
      <span className="muted">
        {rows.length} {rows.length === 1 ? "event" : "events"}
      </span>
    </div>
  );
}

function save(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

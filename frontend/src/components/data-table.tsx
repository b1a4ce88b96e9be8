/** A table that scrolls by itself where it is too wide, with its columns' names; rows are its children. */
import type { ReactNode } from "react";
import classes from "./table.module.css";

export interface Column {
  text: ReactNode;
  /** Left out on narrow screens. */
  optional?: boolean;
  /** For numbers, times and buttons. */
  right?: boolean;
  /** Only read out. */
  unseen?: boolean;
}

export const optional = (text: ReactNode): Column => ({ text, optional: true });
export const right = (text: ReactNode): Column => ({ text, right: true });
export const optionalRight = (text: ReactNode): Column => ({ text, optional: true, right: true });
export const unseen = (text: string): Column => ({ text, unseen: true });
/** The last column, of buttons. */
export const ACTIONS: Column = { text: "Actions", right: true, unseen: true };

interface Props {
  label: string;
  columns: readonly (string | Column)[];
  /** What the box that scrolls is called, where nothing within it takes the focus: it does then itself. */
  box?: string;
  children: ReactNode;
}

export function DataTable({ label, columns, box, children }: Props) {
  const table = (
    <table className={classes.table} aria-label={label}>
      <thead>
        <tr>
          {columns.map((column, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: columns keep their places
            <Heading key={place} column={typeof column === "string" ? { text: column } : column} />
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
  if (!box) return <div className={classes.wrap}>{table}</div>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section className={classes.wrap} tabIndex={0} aria-label={box}>
      {table}
    </section>
  );
}

function Heading({ column: { text, unseen, ...at } }: { column: Column }) {
  const names = [at.right && classes.right, at.optional && classes.optional].filter(Boolean).join(" ");
  return (
    <th scope="col" className={names || undefined}>
      {unseen ? <span className="sr-only">{text}</span> : text}
    </th>
  );
}

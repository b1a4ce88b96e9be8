/** The breadcrumbs of the top bar, written by the page that knows them. */
import { createContext, useContext } from "react";
import { createPortal } from "react-dom";
import { Link } from "react-router";
import classes from "./crumbs.module.css";

const Slot = createContext<HTMLElement | null>(null);

export const CrumbSlot = Slot.Provider;

export interface Crumb {
  text: string;
  /** Absent for the page itself, which is text rather than a link. */
  to?: string;
}

export function Crumbs({ items }: { items: Crumb[] }) {
  const slot = useContext(Slot);
  if (!slot) return null;
  return createPortal(
    <ol className={classes.crumbs}>
      {items.map((item, i) => (
        <li key={item.to ?? item.text} className={classes.crumb} data-last={i === items.length - 1 || undefined}>
          {item.to ? <Link to={item.to}>{item.text}</Link> : <span aria-current="page">{item.text}</span>}
        </li>
      ))}
    </ol>,
    slot,
  );
}

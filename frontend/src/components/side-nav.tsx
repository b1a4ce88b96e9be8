/** A page of several parts, each with an address of its own, and the way between them. */
import type { ReactNode } from "react";
import { NavLink, useNavigate } from "react-router";
import { useActions } from "@/lib/actions";
import classes from "./side-nav.module.css";

interface Props {
  label: string;
  items: readonly { to: string; text: string }[];
  children: ReactNode;
}

export function SideNav({ label, items, children }: Props) {
  const navigate = useNavigate();
  useActions(items.map(({ to, text }) => ({ id: to, text: `${label}: ${text}`, run: () => void navigate(to) })));
  return (
    <div className={classes.layout}>
      <nav className={classes.nav} aria-label={label}>
        <ul>
          {items.map(({ to, text }) => (
            <li key={to}>
              <NavLink to={to}>{text}</NavLink>
            </li>
          ))}
        </ul>
      </nav>
      <div className={classes.column}>{children}</div>
    </div>
  );
}

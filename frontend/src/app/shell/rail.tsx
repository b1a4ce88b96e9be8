/** The way between the parts of the site; a bar at the bottom on narrow screens. */
import { Link, NavLink } from "react-router";
import { Mark } from "@/components/mark";
import { paths } from "@/lib/paths";
import { BELOW, PARTS, type Part } from "./places";
import classes from "./shell.module.css";

interface Props {
  admin: boolean;
  collapsed: boolean;
  onCollapse(): void;
}

export function Rail({ admin, collapsed, onCollapse }: Props) {
  const below = BELOW.filter((part) => !part.admin || admin);
  return (
    <nav className={classes.rail} aria-label="Main">
      <Link to={paths.home()} className={classes.brand} aria-label="DominoCI, home">
        <Mark />
        <span>DominoCI</span>
      </Link>
      {PARTS.map((part) => (
        <Entry key={part.to} part={part} />
      ))}
      <hr className={classes.line} />
      {below.map((part) => (
        <Entry key={part.to} part={part} />
      ))}
      <button
        type="button"
        className={classes.fold}
        aria-expanded={!collapsed}
        aria-label={collapsed ? "Widen the rail" : "Narrow the rail"}
        title={`${collapsed ? "Widen" : "Narrow"} the rail  [`}
        onClick={onCollapse}
      >
        <Icon path={collapsed ? "m7 4 5 5-5 5" : "m11 4-5 5 5 5"} />
        <span>Narrow</span>
      </button>
    </nav>
  );
}

function Entry({ part: { to, text, end = false, icon, narrow } }: { part: Part }) {
  return (
    <NavLink to={to} end={end} className={classes.link} title={text} data-wide={narrow ? undefined : true}>
      <Icon path={icon} />
      <span>{text}</span>
    </NavLink>
  );
}

function Icon({ path }: { path: string }) {
  return (
    <svg
      width="18"
      height="18"
      viewBox="0 0 18 18"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinejoin="round"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d={path} />
    </svg>
  );
}

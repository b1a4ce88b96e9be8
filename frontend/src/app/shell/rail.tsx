/** The way between the parts of the site; a bar at the bottom on narrow screens. */
import { Link, NavLink } from "react-router";
import { Mark } from "@/components/mark";
import { paths } from "@/lib/paths";
import classes from "./shell.module.css";

const ITEMS = [
  { to: paths.home(), text: "Home", end: true, icon: "M2.5 8 9 2.5 15.5 8v7.5h-4.5v-4.5h-4v4.5H2.5Z" },
  { to: paths.trees(), text: "Trees", end: false, icon: "M2 7h4v4H2Zm10-5h4v4h-4Zm0 10h4v4h-4ZM6 9h3m0 0V4h3M9 9v5h3" },
  {
    to: paths.projects(),
    text: "Projects",
    end: false,
    icon: "M9 1.8 16 5.4v7.2L9 16.2l-7-3.6V5.4Zm0 7v7.4M2 5.4l7 3.5 7-3.5",
  },
  { to: paths.builds(), text: "Builds", end: false, icon: "M2 3.5h14v11H2ZM5 7l2.5 2L5 11m4.5 0H13" },
  { to: paths.agents(), text: "Agents", end: false, icon: "M2.5 3h13v5h-13Zm0 7h13v5h-13ZM5.5 5.5h.1m-.1 7h.1" },
];

export function Rail() {
  return (
    <nav className={classes.rail} aria-label="Main">
      <Link to={paths.home()} className={classes.brand} aria-label="DominoCI, home">
        <Mark />
        <span>DominoCI</span>
      </Link>
      {ITEMS.map(({ to, text, end, icon }) => (
        <NavLink key={to} to={to} end={end} className={classes.link} title={text}>
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
            <path d={icon} />
          </svg>
          <span>{text}</span>
        </NavLink>
      ))}
    </nav>
  );
}

import classes from "./timeline.module.css";

/** What the kinds of bars mean. */
export function Legend() {
  return (
    <ul className={classes.legend} aria-label="Kinds of bars">
      <li>
        <i className={classes.span} data-phase="waiting" data-state="waiting" /> waits for parents
      </li>
      <li>
        <i className={classes.span} data-phase="delivering" data-state="triggered" /> delivering
      </li>
      <li>
        <i className={classes.span} data-phase="queued" data-state="queued" /> queued in CI
      </li>
      <li>
        <i className={classes.span} data-phase="running" data-state="running" /> running
      </li>
      <li>
        <i className={classes.ghost} /> expected, to 9 of 10
      </li>
    </ul>
  );
}

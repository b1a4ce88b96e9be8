import classes from "./preview.module.css";

/** Said on every page that only looks ahead. */
export function NothingStarts() {
  return (
    <p className={classes.note} role="note">
      <strong>Nothing is triggered.</strong> This only looks at what would happen.
    </p>
  );
}

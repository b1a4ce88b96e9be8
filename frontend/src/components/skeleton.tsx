import classes from "./panels.module.css";

/** The shape of what is coming, unseen for the first 150 ms so that a quick answer does not flicker. */
export function Skeleton({ rows = 5, height = 16 }: { rows?: number; height?: number }) {
  return (
    <div className={classes.skeleton} role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike and never move
        <div key={i} className={classes.bone} style={{ height, width: `${96 - ((i * 17) % 40)}%` }} />
      ))}
    </div>
  );
}

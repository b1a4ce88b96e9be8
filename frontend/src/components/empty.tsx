import classes from "./panels.module.css";

/** What would be here, why nothing is, and the next step. */
export function Empty({ title, children }: { title: string; children?: React.ReactNode }) {
  return (
    <div className={classes.empty}>
      <h3>{title}</h3>
      {children && <div className="muted">{children}</div>}
    </div>
  );
}

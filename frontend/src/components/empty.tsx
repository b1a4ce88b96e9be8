import classes from "./panels.module.css";

interface Props {
  title: string;
  /** h2 right below a page's own heading. */
  level?: "h2" | "h3";
  children?: React.ReactNode;
}

/** What would be here, why nothing is, and the next step. */
export function Empty({ title, level = "h3", children }: Props) {
  const Heading = level;
  return (
    <div className={classes.empty}>
      <Heading>{title}</Heading>
      {children && <div className="muted in-text">{children}</div>}
    </div>
  );
}

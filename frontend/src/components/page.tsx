/** The frame of an ordinary page: heading, actions, sections. */
import type { ReactNode } from "react";
import { useId } from "react";
import classes from "./page.module.css";

export function Page({ title, actions, children }: { title: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <div className={classes.page}>
      <div className={classes.head}>
        <h1>{title}</h1>
        {actions && <div className={classes.actions}>{actions}</div>}
      </div>
      {children}
    </div>
  );
}

export function Section({
  title,
  actions,
  padded = false,
  children,
}: {
  title: string;
  actions?: ReactNode;
  padded?: boolean;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <section className={classes.section} aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {actions}
      </header>
      <div className={padded ? classes.body : undefined}>{children}</div>
    </section>
  );
}

export function Columns({ children }: { children: ReactNode }) {
  return <div className={classes.columns}>{children}</div>;
}

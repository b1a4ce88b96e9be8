/** The card in the middle of an otherwise empty page, for signing in and setting up. */
import type { ReactNode } from "react";
import { Mark } from "@/components/mark";
import classes from "./door.module.css";

export function Door({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className={classes.page}>
      <div className={classes.card}>
        <p className={classes.brand}>
          <Mark size={28} /> DominoCI
        </p>
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  );
}

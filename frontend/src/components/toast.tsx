/** Says for some seconds what was started. A screen reader hears it, and nothing has to be closed. */
import { useEffect, useRef } from "react";
import classes from "./toast.module.css";

const SHOWN_MS = 6000;

export function Toast({ text, onGone }: { text: string | null; onGone(): void }) {
  const gone = useRef(onGone);
  gone.current = onGone;
  useEffect(() => {
    if (text === null) return;
    const timer = setTimeout(() => gone.current(), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div className={classes.place} role="status">
      {text !== null && <p className={classes.toast}>{text}</p>}
    </div>
  );
}

import { useEffect, useRef, useState } from "react";
import { changesSince, standingOf } from "./announcing";
import { headline, type TreeRow } from "./tree-model";

const EVERY_MS = 5000;

/** Tells a screen reader how the tree stands, and then what changes: at most one sentence in five seconds. */
export function Announcement({ rows }: { rows: TreeRow[] }) {
  const [text, setText] = useState(() => headline(rows));
  const latest = useRef(rows);
  latest.current = rows;
  const told = useRef({ standing: standingOf(rows), at: Date.now() });
  // biome-ignore lint/correctness/useExhaustiveDependencies: every change of the rows asks, and one sentence tells of all so far
  useEffect(() => {
    const wait = Math.max(0, told.current.at + EVERY_MS - Date.now());
    const timer = setTimeout(() => {
      const said = changesSince(told.current.standing, latest.current);
      if (!said) return;
      told.current = { standing: standingOf(latest.current), at: Date.now() };
      setText(`${said}. ${headline(latest.current)}`);
    }, wait);
    return () => clearTimeout(timer);
  }, [rows]);
  return (
    <p className="sr-only" role="status">
      {text}
    </p>
  );
}

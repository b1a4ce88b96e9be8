/** Following what runs: opt-in, at most one move in five seconds, and over as soon as the viewer moves the view. */
import { useEffect, useRef, useState } from "react";
import { begunAt, type TreeRow } from "./tree-model";

const EVERY_MS = 5000;
const ACTIVE = new Set(["running", "triggered", "queued"]);

/** The event that began last of those under way. */
export function newest(rows: readonly TreeRow[]): string | null {
  const active = rows.filter((row) => ACTIVE.has(row.state) && begunAt(row.node) !== null);
  const last = active.reduce<TreeRow | null>(
    (a, b) => (a !== null && (begunAt(a.node) ?? "") >= (begunAt(b.node) ?? "") ? a : b),
    null,
  );
  return last?.node.sub_id ?? null;
}

export function useFollow(rows: readonly TreeRow[]): {
  following: boolean;
  look: { id: string } | null;
  toggle(): void;
  end(): void;
} {
  const [following, setFollowing] = useState(false);
  const [look, setLook] = useState<{ id: string } | null>(null);
  const latest = useRef(rows);
  latest.current = rows;
  useEffect(() => {
    if (!following) return;
    const move = () => {
      const id = newest(latest.current);
      if (id !== null) setLook((before) => (before?.id === id ? before : { id }));
    };
    move();
    const timer = setInterval(move, EVERY_MS);
    return () => {
      clearInterval(timer);
      setLook(null);
    };
  }, [following]);
  return { following, look, toggle: () => setFollowing((on) => !on), end: () => setFollowing(false) };
}

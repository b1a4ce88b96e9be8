/** The way to the command palette, by mouse and by key. Its code is fetched when the page has come to rest. */
import { lazy, Suspense, useEffect, useState } from "react";
import { useKeys } from "@/lib/use-keys";
import type { Place } from "./palette-model";
import classes from "./search.module.css";

const load = () => import("./palette");
const Palette = lazy(async () => ({ default: (await load()).Palette }));

/** While the page is busy with itself it is not disturbed; by then at the latest it is. */
const AT_LATEST_MS = 4000;

export function SearchButton({ places, admin = false }: { places: readonly Place[]; admin?: boolean }) {
  const [open, setOpen] = useState<{ begin: string } | null>(null);
  useEffect(() => whenIdle(() => void load().catch(() => undefined)), []);
  useChord(() => setOpen((before) => (before ? null : { begin: "" })));
  useKeys({ "/": () => setOpen({ begin: "" }), ".": () => setOpen({ begin: "> " }) }, { last: true });
  return (
    <search>
      <button
        type="button"
        className={classes.button}
        aria-label="Search and commands"
        aria-haspopup="dialog"
        aria-keyshortcuts="Control+K Meta+K"
        onClick={() => setOpen({ begin: "" })}
      >
        <Glass />
        <span>Search</span>
        <kbd>{/Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘K" : "Ctrl K"}</kbd>
      </button>
      {open && (
        <Suspense fallback={null}>
          <Palette opened begin={open.begin} places={places} admin={admin} onClose={() => setOpen(null)} />
        </Suspense>
      )}
    </search>
  );
}

/** Ctrl-K or ⌘-K, also while somebody types. */
function useChord(pressed: () => void): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      pressed();
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  });
}

function whenIdle(work: () => void): (() => void) | undefined {
  if (typeof requestIdleCallback !== "function") return undefined;
  const id = requestIdleCallback(work, { timeout: AT_LATEST_MS });
  return () => cancelIdleCallback(id);
}

function Glass() {
  return (
    <svg
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <circle cx="7" cy="7" r="4.5" />
      <path d="m10.5 10.5 3.5 3.5" />
    </svg>
  );
}

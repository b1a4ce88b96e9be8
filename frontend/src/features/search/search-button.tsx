/** The way to the command palette, by mouse and by key. Its code is fetched when the page has come to rest. */
import { Suspense, useEffect, useState } from "react";
import { part, whenIdle } from "@/lib/part";
import { useKeys } from "@/lib/use-keys";
import type { Place } from "./palette-model";
import classes from "./search.module.css";

const Palette = part(async () => (await import("./palette")).Palette);

export function SearchButton({ places, admin = false }: { places: readonly Place[]; admin?: boolean }) {
  const [open, setOpen] = useState<{ begin: string } | null>(null);
  const close = () => setOpen(null);
  useEffect(() => whenIdle(Palette.fetch), []);
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
        <Suspense fallback={<EarlyField text={open.begin} onType={(begin) => setOpen({ begin })} onClose={close} />}>
          <Palette opened begin={open.begin} places={places} admin={admin} onClose={close} />
        </Suspense>
      )}
    </search>
  );
}

interface EarlyProps {
  text: string;
  onType(text: string): void;
  onClose(): void;
}

/** Takes what is typed before the palette's code has come, which goes on with it. */
function EarlyField({ text, onType, onClose }: EarlyProps) {
  return (
    <div className={classes.early}>
      <input
        type="text"
        // biome-ignore lint/a11y/noAutofocus: it was asked for, to type here
        autoFocus
        className={classes.field}
        autoComplete="off"
        spellCheck={false}
        aria-label="Search, which is being fetched"
        value={text}
        onChange={(event) => onType(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") onClose();
        }}
      />
    </div>
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

/** Search, wrapping and the raw text of a log. */
import { useEffect, useRef } from "react";
import { paths } from "@/lib/paths";
import { useKeys } from "@/lib/use-keys";
import classes from "./log-view.module.css";
import type { LogSearch } from "./use-log-search";

interface Props {
  search: LogSearch;
  build: string;
  step: number;
  wrap: boolean;
  onWrap(on: boolean): void;
  announce: boolean;
  onAnnounce(on: boolean): void;
}

export function LogTools({ search, build, step, wrap, onWrap, announce, onAnnounce }: Props) {
  const input = useFindKey();
  useKeys({ "/": () => input.current?.focus(), w: () => onWrap(!wrap) });
  return (
    <div className={classes.tools}>
      <input
        ref={input}
        type="search"
        className={classes.find}
        aria-label="Find in the log"
        placeholder="Find  /"
        value={search.query}
        onChange={(event) => search.setQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") search.go(event.shiftKey ? -1 : 1);
          if (event.key === "Escape") search.setQuery("");
        }}
      />
      {search.query && (
        <span className={classes.count} role="status">
          {search.found.length === 0 ? "nothing found" : `${search.at + 1 || "–"} of ${search.found.length}`}
        </span>
      )}
      <button type="button" disabled={!search.found.length} onClick={() => search.go(-1)} aria-label="Previous match">
        ‹
      </button>
      <button type="button" disabled={!search.found.length} onClick={() => search.go(1)} aria-label="Next match">
        ›
      </button>
      <span className={classes.gap} />
      <button type="button" aria-pressed={wrap} onClick={() => onWrap(!wrap)} title="Wrap long lines (w)">
        Wrap
      </button>
      <button
        type="button"
        aria-pressed={announce}
        onClick={() => onAnnounce(!announce)}
        title="Read new lines aloud in a screen reader"
      >
        Announce
      </button>
      <a href={paths.rawLog(build, step)} target="_blank" rel="noreferrer">
        Raw ↗
      </a>
    </div>
  );
}

/** Ctrl-F finds in the whole log, of which the browser sees only the lines in view; pressed again it is the browser's. */
function useFindKey() {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (
        event.key.toLowerCase() !== "f" ||
        !(event.ctrlKey || event.metaKey) ||
        document.activeElement === input.current
      )
        return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, []);
  return input;
}

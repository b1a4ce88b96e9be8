/** Finding, errors, folding, wrapping and the raw text of a build's log. */
import { type RefObject, useEffect, useRef, useState } from "react";
import { paths } from "@/lib/paths";
import { useKeys } from "@/lib/use-keys";
import classes from "./log-view.module.css";
import type { Find } from "./use-find";

interface Props {
  build: string;
  /** What fills the screen when asked to. */
  frame: RefObject<HTMLElement | null>;
  find: Find;
  wrap: boolean;
  onWrap(on: boolean): void;
  announce: boolean;
  onAnnounce(on: boolean): void;
  allOpen: boolean;
  onAll(open: boolean): void;
  /** To the next or previous error; false when there is none. */
  onError(way: 1 | -1): boolean;
}

export function LogTools(props: Props) {
  const { build, frame, wrap, onWrap, announce, onAnnounce, allOpen, onAll } = props;
  useKeys({ w: () => onWrap(!wrap) });
  return (
    <div className={classes.tools}>
      <FindField find={props.find} />
      <Errors onError={props.onError} />
      <span className={classes.gap} />
      <button type="button" onClick={() => onAll(!allOpen)}>
        {allOpen ? "Fold all" : "Unfold all"}
      </button>
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
      <a href={paths.wholeLog(build)} target="_blank" rel="noreferrer">
        Raw ↗
      </a>
      <a
        href={paths.wholeLog(build)}
        download={`build-${build}.log`}
        aria-label="Download the log"
        title="Download the log"
      >
        ⤓
      </a>
      <button
        type="button"
        onClick={() => void fill(frame.current)}
        aria-label="Full screen"
        title="Full screen, and back"
      >
        ⤢
      </button>
    </div>
  );
}

function FindField({ find }: { find: Find }) {
  const input = useFindKey();
  useKeys({ "/": () => input.current?.focus() });
  return (
    <>
      <input
        ref={input}
        type="search"
        className={classes.find}
        aria-label="Find in the log"
        placeholder="Find in all steps  /"
        value={find.query}
        onFocus={find.prepare}
        onChange={(event) => find.setQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") find.go(event.shiftKey ? -1 : 1);
          if (event.key === "Escape") find.setQuery("");
        }}
      />
      {find.query && (
        <span className={classes.count} role="status">
          {countText(find)}
        </span>
      )}
      <button type="button" disabled={!find.count} onClick={() => find.go(-1)} aria-label="Previous match">
        ‹
      </button>
      <button type="button" disabled={!find.count} onClick={() => find.go(1)} aria-label="Next match">
        ›
      </button>
    </>
  );
}

function countText({ count, at, pending }: Find): string {
  if (pending && !count) return "looking …";
  return count ? `${at || "–"} of ${count.toLocaleString("en")}${pending ? " and more …" : ""}` : "nothing found";
}

function Errors({ onError }: { onError(way: 1 | -1): boolean }) {
  const [none, setNone] = useState(false);
  const go = (way: 1 | -1) => setNone(!onError(way));
  return (
    <>
      <button type="button" onClick={() => go(-1)} aria-label="Previous error" title="Previous error (F)">
        ✕ ‹
      </button>
      <button type="button" onClick={() => go(1)} aria-label="Next error" title="Next error (f)">
        ✕ ›
      </button>
      <span className={classes.count} role="status">
        {none ? "no error in what is unfolded" : ""}
      </span>
    </>
  );
}

async function fill(element: HTMLElement | null): Promise<void> {
  if (document.fullscreenElement) return document.exitFullscreen();
  await element?.requestFullscreen().catch(() => {
    // a browser that refuses shows the log as it is
  });
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

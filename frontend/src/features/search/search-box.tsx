/** Finds whatever is typed or pasted: a name, a commit, a tree, `core#12`, or the address of a run in another CI system. */
import { useClickOutside, useDebouncedValue } from "@mantine/hooks";
import { type KeyboardEvent, useId, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { paths } from "@/lib/paths";
import { useSearch } from "./api/get-search";
import { HitList } from "./hit-list";
import classes from "./search.module.css";
import { groupsOf, step } from "./search-model";
import { useSearchKeys } from "./use-search-keys";

const MOST = 200;

export function SearchBox() {
  const [typed, setTyped] = useState("");
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const box = useClickOutside<HTMLElement>(() => setOpen(false));
  const list = useId();
  const navigate = useNavigate();
  useSearchKeys(input);
  const [q] = useDebouncedValue(typed.trim().slice(0, MOST), 200);
  const search = useSearch(q);
  const groups = q && search.data ? groupsOf(search.data) : [];
  const hits = groups.flatMap((group) => group.hits);
  const active = hits[at];
  const shown = open && typed.trim() !== "";

  const leave = () => {
    setOpen(false);
    setTyped("");
    setAt(-1);
    input.current?.blur();
  };
  /** What is marked; else, once the answer belongs to what is typed, the only hit; else all projects of that name. */
  const go = () => {
    const only = search.data?.q === typed.trim() && hits.length === 1 ? hits[0] : undefined;
    void navigate((active ?? only)?.to ?? paths.projects(typed.trim()));
    leave();
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp")
      setAt(step(at, event.key === "ArrowDown" ? 1 : -1, hits.length));
    else if (event.key === "Enter") go();
    else if (event.key === "Escape") leave();
    else return;
    event.preventDefault();
  };
  return (
    <search ref={box} className={classes.search}>
      <Glass />
      <input
        ref={input}
        type="text"
        role="combobox"
        autoComplete="off"
        spellCheck={false}
        maxLength={2000}
        placeholder="Search"
        aria-label="Search projects, trees, builds, commits, run addresses"
        aria-keyshortcuts="/ Control+K"
        aria-expanded={shown}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={active ? `${list}-${active.key}` : undefined}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setAt(-1);
          setOpen(true);
        }}
        onFocus={() => setOpen(true)}
        onKeyDown={pressed}
        onBlur={(event) => {
          if (!box.current?.contains(event.relatedTarget)) setOpen(false);
        }}
      />
      <span className={classes.hint} aria-hidden="true">
        Ctrl K
      </span>
      <HitList
        id={list}
        shown={shown}
        groups={groups}
        active={active?.key ?? null}
        query={search}
        typed={typed.trim()}
        onLeave={leave}
      />
    </search>
  );
}

function Glass() {
  return (
    <svg
      className={classes.glass}
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

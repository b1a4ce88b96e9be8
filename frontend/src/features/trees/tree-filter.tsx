import { useEffect, useRef, useState } from "react";
import { STATE_WORD, STATES, type State } from "@/lib/states";
import { useKeys } from "@/lib/use-keys";
import type { TreeFilter } from "./tree-model";
import classes from "./tree-page.module.css";

interface Props {
  filter: TreeFilter;
  /** The states that occur in the tree. */
  states: State[];
  /** The kinds of CI systems that occur. */
  systems: string[];
  owners: string[];
  /** Whether what does not match is left out instead of dimmed. */
  hides: boolean;
  onChange(name: keyof TreeFilter, value: string): void;
  onHide(hides: boolean): void;
}

/** Filters by words, state, CI system and owner; `/` leads here, Alt+Enter leaves out what does not match. */
export function TreeFilterBar({ filter, states, systems, owners, hides, onChange, onHide }: Props) {
  const input = useRef<HTMLInputElement>(null);
  // the address follows a moment later: it must not take back what was typed since
  const [text, setText] = useState(filter.q);
  useEffect(() => {
    if (document.activeElement !== input.current) setText(filter.q);
  }, [filter.q]);
  useKeys({ "/": () => input.current?.focus() });
  const offered = STATES.filter((state) => states.includes(state) || state === filter.state);
  return (
    <>
      <input
        ref={input}
        className={classes.filter}
        type="search"
        aria-label="Filter events"
        placeholder="Filter  /"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          onChange("q", event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
          if (event.key !== "Enter" || !event.altKey) return;
          event.preventDefault();
          onHide(!hides);
        }}
      />
      <select
        className={classes.filter}
        aria-label="State"
        value={filter.state}
        onChange={(event) => onChange("state", event.currentTarget.value)}
      >
        <option value="">any state</option>
        {offered.map((state) => (
          <option key={state} value={state}>
            {STATE_WORD[state]}
          </option>
        ))}
      </select>
      <Choice label="CI system" any="any CI" values={systems} now={filter.ci} onChange={(ci) => onChange("ci", ci)} />
      <Choice
        label="Owner"
        any="any owner"
        values={owners}
        now={filter.owner}
        onChange={(owner) => onChange("owner", owner)}
      />
      {(filter.q || filter.state || filter.ci || filter.owner) && (
        <button
          type="button"
          className={classes.toggle}
          aria-pressed={hides}
          onClick={() => onHide(!hides)}
          title="Leave out what does not match (Alt+Enter)"
        >
          Only these
        </button>
      )}
    </>
  );
}

interface ChoiceProps {
  label: string;
  any: string;
  values: string[];
  now: string;
  onChange(value: string): void;
}

/** A filter that is there where it could tell events apart. */
function Choice({ label, any, values, now, onChange }: ChoiceProps) {
  if (values.length < 2 && !now) return null;
  return (
    <select
      className={classes.filter}
      aria-label={label}
      value={now}
      onChange={(event) => onChange(event.currentTarget.value)}
    >
      <option value="">{any}</option>
      {[...new Set([...values, now])].filter(Boolean).map((one) => (
        <option key={one} value={one}>
          {one}
        </option>
      ))}
    </select>
  );
}

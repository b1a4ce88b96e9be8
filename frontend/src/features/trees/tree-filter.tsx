import { useRef } from "react";
import { STATE_WORD, STATES, type State } from "@/lib/states";
import { useKeys } from "@/lib/use-keys";
import type { TreeFilter } from "./tree-model";
import classes from "./tree-page.module.css";

interface Props {
  filter: TreeFilter;
  /** The states that occur in the tree. */
  states: State[];
  onChange(name: "q" | "state", value: string): void;
}

/** Filters by words and by state; `/` leads here. */
export function TreeFilterBar({ filter, states, onChange }: Props) {
  const input = useRef<HTMLInputElement>(null);
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
        value={filter.q}
        onChange={(event) => onChange("q", event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
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
    </>
  );
}

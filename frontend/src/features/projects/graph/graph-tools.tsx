/** What of the graph is looked at: around which project and how far, by whose names, in what groups, as picture or table. */
import { type FormEvent, useState } from "react";
import { ProjectNames } from "@/components/project-names";
import { SelectBox } from "@/components/select-box";
import classes from "./graph-page.module.css";
import { DEPTHS, type GraphAddress } from "./use-graph-address";

export function GraphTools({ address }: { address: GraphAddress }) {
  const { focus, dir, depth, group, q, table, change } = address;
  return (
    <div className={classes.tools}>
      <Focus key={focus} address={address} />
      {focus ? (
        <>
          <SelectBox
            label="Direction"
            value={dir}
            onChange={(value) => change({ dir: value === "both" ? "" : value })}
            options={[
              ["both", "up and down"],
              ["up", "what it waits for"],
              ["down", "what waits for it"],
            ]}
          />
          <SelectBox
            label="How far"
            value={depth === null ? "all" : String(depth)}
            onChange={(value) => change({ depth: value })}
            options={[
              ...depthsWith(depth).map((one): [string, string] => [
                String(one),
                `${one} ${one === 1 ? "step" : "steps"} away`,
              ]),
              ["all", "as far as it goes"],
            ]}
          />
        </>
      ) : (
        <SelectBox
          label="Groups"
          value={group || "none"}
          onChange={(value) => change({ group: value === "auto" ? "" : value })}
          options={[
            ["auto", "groups if there are many"],
            ["owner", "by owner"],
            ["ci", "by CI"],
            ["none", "no groups"],
          ]}
        />
      )}
      <input
        type="search"
        className={classes.field}
        aria-label="Filter by name or owner"
        placeholder="Filter"
        value={q}
        onChange={(event) => change({ q: event.currentTarget.value })}
      />
      <span className={classes.spacer} />
      <button
        type="button"
        className={`${classes.choice} ${classes.wideOnly}`}
        aria-pressed={table}
        onClick={() => change({ view: table ? "" : "table" })}
      >
        {table ? "Show as graph" : "Show as table"}
      </button>
    </div>
  );
}

const depthsWith = (depth: number | null): number[] =>
  [...new Set([...DEPTHS, ...(depth ? [depth] : [])])].sort((a, b) => a - b);

function Focus({ address: { focus, change } }: { address: GraphAddress }) {
  const [typed, setTyped] = useState(focus ?? "");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change({ focus: typed.trim() }, { push: true });
  };
  return (
    <form className={classes.focus} onSubmit={submit} aria-label="Around which project">
      <input
        className={classes.field}
        aria-label="Look around project"
        placeholder="Around project …"
        list="graph-names"
        autoComplete="off"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <ProjectNames id="graph-names" typed={typed} />
      <button type="submit" className={classes.choice}>
        Show
      </button>
      {focus && (
        <button type="button" className={classes.choice} onClick={() => change({ focus: "" }, { push: true })}>
          All projects
        </button>
      )}
    </form>
  );
}

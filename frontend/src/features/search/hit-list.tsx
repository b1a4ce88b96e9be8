import { Link } from "react-router";
import { StateIcon } from "@/components/state-icon";
import { asApiError } from "@/lib/api/problem";
import { STATE_WORD } from "@/lib/states";
import classes from "./search.module.css";
import type { Group, Hit } from "./search-model";

interface Props {
  id: string;
  shown: boolean;
  groups: Group[];
  /** The key of the hit that Enter opens. */
  active: string | null;
  query: { error: unknown; isFetching: boolean };
  typed: string;
  onLeave(): void;
}

/** The hits by kind. The focus stays in the field: it names the active one. */
export function HitList({ id, shown, groups, active, query, typed, onLeave }: Props) {
  return (
    <div className={classes.panel} hidden={!shown}>
      <div id={id} role="listbox" aria-label="Found">
        {shown &&
          groups.map((group) => (
            // biome-ignore lint/a11y/useSemanticElements: a group of options, not of fields
            <div key={group.name} role="group" aria-label={group.name}>
              <div className={classes.kind} aria-hidden="true">
                {group.name}
              </div>
              {group.hits.map((hit) => (
                <Option key={hit.key} id={`${id}-${hit.key}`} hit={hit} active={hit.key === active} onLeave={onLeave} />
              ))}
            </div>
          ))}
      </div>
      <p className={classes.word} role="status">
        {shown && statusText(query, groups.length > 0, typed)}
      </p>
    </div>
  );
}

function statusText(query: Props["query"], found: boolean, typed: string): string {
  if (query.error) return asApiError(query.error).detail;
  if (found) return "";
  return query.isFetching ? "Searching…" : `Nothing found for “${typed}”. Enter looks through the projects.`;
}

interface OptionProps {
  id: string;
  hit: Hit;
  active: boolean;
  onLeave(): void;
}

/** A real link, so that a middle click opens a tab. */
function Option({ id, hit, active, onLeave }: OptionProps) {
  return (
    <Link
      id={id}
      to={hit.to}
      role="option"
      aria-selected={active}
      tabIndex={-1}
      className={classes.hit}
      ref={(element) => {
        if (active) element?.scrollIntoView?.({ block: "nearest" });
      }}
      onClick={onLeave}
    >
      {hit.state ? <StateIcon state={hit.state} size={14} /> : <span />}
      <span className={classes.title}>
        {hit.title}
        {hit.state && <span className="sr-only"> {STATE_WORD[hit.state]}</span>}
      </span>
      <span className={classes.under}>{hit.subtitle}</span>
    </Link>
  );
}

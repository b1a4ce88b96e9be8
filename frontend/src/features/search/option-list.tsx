import { Link } from "react-router";
import { StateIcon } from "@/components/state-icon";
import { STATE_WORD } from "@/lib/states";
import type { Option, OptionGroup } from "./palette-model";
import classes from "./search.module.css";

interface Props {
  id: string;
  groups: readonly OptionGroup[];
  /** The key of the option that Enter takes. */
  active: string | null;
  onTake(option: Option): void;
  onLeave(): void;
}

/** The options by kind. The focus stays in the field, which names the active one. */
export function OptionList({ id, groups, active, onTake, onLeave }: Props) {
  return (
    <div id={id} role="listbox" aria-label="Found" className={classes.list}>
      {groups.map((group) => (
        // biome-ignore lint/a11y/useSemanticElements: a group of options, not of fields
        <div key={group.name} role="group" aria-label={group.name}>
          <div className={classes.kind} aria-hidden="true">
            {group.name}
          </div>
          {group.options.map((option) => (
            <Row
              key={option.key}
              id={`${id}-${option.key}`}
              option={option}
              active={option.key === active}
              onTake={onTake}
              onLeave={onLeave}
            />
          ))}
        </div>
      ))}
    </div>
  );
}

interface RowProps extends Pick<Props, "onTake" | "onLeave"> {
  id: string;
  option: Option;
  active: boolean;
}

/** Where it leads somewhere, a real link: a middle click opens a tab. */
function Row({ id, option, active, onTake, onLeave }: RowProps) {
  const shared = {
    id,
    role: "option",
    "aria-selected": active,
    tabIndex: -1,
    className: classes.hit,
    ref: (element: HTMLElement | null) => {
      if (active) element?.scrollIntoView?.({ block: "nearest" });
    },
  };
  const inside = (
    <>
      {option.state ? <StateIcon state={option.state} size={14} /> : <span />}
      <span className={classes.title}>
        {option.title}
        {option.state && <span className="sr-only"> {STATE_WORD[option.state]}</span>}
      </span>
      <span className={classes.under}>{option.subtitle}</span>
      {option.keys ? <kbd className={classes.keys}>{option.keys}</kbd> : <span />}
    </>
  );
  return option.to ? (
    <Link to={option.to} {...shared} onClick={onLeave}>
      {inside}
    </Link>
  ) : (
    <button type="button" {...shared} onClick={() => onTake(option)}>
      {inside}
    </button>
  );
}

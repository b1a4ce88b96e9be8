/** One card of a graph: state bar, icon, name and a second line. A real link, so that a middle click opens a tab. */
import type { Node, NodeProps } from "@xyflow/react";
import { createContext, memo, useContext } from "react";
import { Link } from "react-router";
import { StateIcon } from "@/components/state-icon";
import type { State } from "@/lib/states";
import classes from "./graph-card.module.css";
import { type GroupContent, GroupFace } from "./group-card";

export interface GraphCardContent {
  id: string;
  /** Null when there is nothing to open, as with a project that the viewer may not see. */
  href: string | null;
  title: string;
  /** Null for a project without any result yet. */
  state: State | null;
  /** What a screen reader says: name, state, and how many come before and after. */
  label: string;
  /** Stands at the right of the name, like a sub id. */
  tag?: string;
  detail: React.ReactNode;
  /** On the path that sets when the whole ends: outlined. */
  critical?: boolean;
  /** The whole of the reason, for who points at the card. */
  hint?: string;
  /** For a card that stands for many. */
  group?: GroupContent;
}

export interface CardFlags {
  reachable: boolean;
  dimmed: boolean;
  selected: boolean;
}

export interface ShownCard {
  card: GraphCardContent;
  flags: CardFlags;
}

export type CardNode = Node<Record<string, never>, "card">;

/** What each card shows now. React Flow is not told of it: a change of a state would cost it a second commit. */
export const ShownCards = createContext<ReadonlyMap<string, ShownCard>>(new Map());

export const GraphCard = memo(function GraphCard({ id }: NodeProps<CardNode>) {
  const shown = useContext(ShownCards).get(id);
  return shown ? <Face shown={shown} /> : null;
});

const Face = memo(function Face({ shown: { card, flags } }: { shown: ShownCard }) {
  const shared = {
    className: classes.card,
    "data-card": card.id,
    "data-state": card.state ?? "waiting",
    "data-dimmed": flags.dimmed || undefined,
    "data-selected": flags.selected || undefined,
    "data-plain": card.state === null || undefined,
    "data-critical": card.critical || undefined,
    "aria-label": card.label,
    tabIndex: flags.reachable ? 0 : -1,
    title: card.hint,
  };
  if (card.group)
    return (
      <button type="button" {...shared} aria-expanded={false} data-group="" onClick={card.group.onOpen}>
        <GroupFace title={card.title} state={card.state} group={card.group} />
      </button>
    );
  const inside = (
    <>
      <span className={classes.first}>
        {card.state && <StateIcon state={card.state} />}
        <span className={classes.title}>{card.title}</span>
        {card.tag && <span className={classes.tag}>{card.tag}</span>}
      </span>
      <span className={classes.second}>{card.detail}</span>
    </>
  );
  if (card.href === null)
    return (
      // biome-ignore lint/a11y/useSemanticElements: a card without a page is a note, not a group of fields
      <div role="group" {...shared}>
        {inside}
      </div>
    );
  return (
    <Link to={card.href} {...shared} aria-current={flags.selected ? "true" : undefined} draggable={false}>
      {inside}
    </Link>
  );
});

import { Link } from "react-router";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import { StateIcon } from "@/components/state-icon";
import { Time } from "@/components/time";
import type { OverdueEvent } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { asState, STATE_WORD } from "@/lib/states";
import { useOverdue } from "./api/get-overdue";
import classes from "./home.module.css";

/** What is overdue, with why, and the places where to look. */
export function Overdue() {
  const overdue = useOverdue();
  const total = overdue.data?.total ?? 0;
  return (
    <Section title={total ? `Overdue (${total})` : "Overdue"} padded={total === 0 && overdue.data !== undefined}>
      <Loaded query={overdue} rows={1}>
        {({ items, cut }) =>
          items.length ? (
            <ul className={classes.overdue} aria-label="Overdue">
              {items.map((event) => (
                <Late key={`${event.tree_id} ${event.sub_id}`} event={event} />
              ))}
              {(total > items.length || cut) && (
                <li className="muted">
                  {cut ? "More are under way than were looked at." : `${total - items.length} more are less urgent.`}
                </li>
              )}
            </ul>
          ) : (
            <p className="muted">Nothing is overdue.</p>
          )
        }
      </Loaded>
    </Section>
  );
}

function Late({ event }: { event: OverdueEvent }) {
  const { tree_id, sub_id, project, because, since } = event;
  const state = asState(event.state);
  return (
    <li className={classes.late}>
      <StateIcon state={state} />
      <div className={`${classes.about} in-text`}>
        <Link to={paths.event(tree_id, sub_id)}>
          <strong>{project?.name ?? "Private project"}</strong> {sub_id}
        </Link>{" "}
        {STATE_WORD[state]}, <Time at={since} />
        <div className={classes.because}>{because}</div>
      </div>
      <span className={classes.links}>
        <Link to={paths.event(tree_id, sub_id)}>Why</Link>
        <Link to={paths.event(tree_id, sub_id, "deliveries")}>Deliveries</Link>
        <Link to={paths.tree(tree_id)}>Tree</Link>
      </span>
    </li>
  );
}

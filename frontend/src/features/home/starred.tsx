import { Link } from "react-router";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import { StateIcon } from "@/components/state-icon";
import { paths } from "@/lib/paths";
import { asState, STATE_WORD } from "@/lib/states";
import { useStarred } from "./api/get-starred";
import classes from "./home.module.css";

/** The projects that were starred, each with how it fared last. */
export function Starred() {
  return (
    <Section title="Starred projects" padded actions={<Link to={paths.projects()}>All projects</Link>}>
      <Loaded query={useStarred()} rows={2}>
        {({ items }) =>
          items.length ? (
            <ul className={classes.starred}>
              {items.map(({ id, name, last_result: last }) => (
                <li key={id}>
                  <Link to={paths.project(name)}>
                    {last ? <StateIcon state={asState(last.status)} size={14} /> : <span aria-hidden="true">–</span>}
                    <span className="ellipsis">{name}</span>
                    <span className="sr-only"> {last ? STATE_WORD[asState(last.status)] : "no result yet"}</span>
                  </Link>
                </li>
              ))}
            </ul>
          ) : (
            <p className="muted">The star on a project's page keeps it here.</p>
          )
        }
      </Loaded>
    </Section>
  );
}

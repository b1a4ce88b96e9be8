/** The trees that run: how far each is, and when it is expected to be done. */
import { Link } from "react-router";
import { Section } from "@/components/page";
import { StateBars } from "@/components/state-bars";
import { StateIcon } from "@/components/state-icon";
import type { TreeSummary } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { asState, countStates, isBad, type State } from "@/lib/states";
import { useNow } from "@/lib/use-now";
import { useExpectedEnd } from "./api/get-expected-end";
import { endText } from "./end-text";
import classes from "./home.module.css";

/** Of more running trees the end is not asked for. */
const FORETOLD = 6;

export function Running({ trees, mine }: { trees: readonly TreeSummary[]; mine: boolean }) {
  return (
    <Section title={`Running (${trees.length})`} padded={trees.length === 0}>
      {trees.length ? (
        <ul className={classes.running} aria-label="Running trees" data-rows>
          {trees.map((tree, i) => (
            <Row key={tree.id} tree={tree} foretold={i < FORETOLD} />
          ))}
        </ul>
      ) : (
        <p className="muted">
          {mine ? "None of your trees is falling right now." : "Nothing is falling right now."} A push to a project that
          others depend on opens a tree.
        </p>
      )}
    </Section>
  );
}

function Row({ tree, foretold }: { tree: TreeSummary; foretold: boolean }) {
  const { root, event_count } = tree;
  const counts = countStates(Object.entries(tree.counts).flatMap(([state, n]) => Array<State>(n).fill(asState(state))));
  const bad = counts.filter(([state]) => isBad(state)).reduce((sum, [, n]) => sum + n, 0);
  return (
    <li className={classes.runs}>
      <StateIcon state="running" />
      <Link to={paths.tree(tree.id)} className={classes.what}>
        <strong>{root.project?.name ?? "Private project"}</strong>{" "}
        <span className={classes.sha}>{root.tag ?? root.commit?.slice(0, 7)}</span>{" "}
        <span className={classes.message}>{root.message?.split("\n")[0]}</span>
      </Link>
      <span className={classes.ref}>{root.tag ? "tag" : root.branch}</span>
      <span className={classes.far}>
        <StateBars counts={counts} total={event_count} />
        {bad > 0 && <strong className={classes.bad}>{bad} ✕</strong>}
      </span>
      <span className={`${classes.end} num`}>{tree.held ? "held" : foretold && <End tree={tree.id} />}</span>
    </li>
  );
}

function End({ tree }: { tree: string }) {
  const now = useNow();
  const forecast = useExpectedEnd(tree).data;
  return <>{forecast ? endText(forecast, now) : ""}</>;
}

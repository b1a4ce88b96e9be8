import { Link } from "react-router";
import { Loaded } from "@/components/loaded";
import { StateText } from "@/components/state-badge";
import { Time } from "@/components/time";
import type { EventDetail, LastRun } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { asState } from "@/lib/states";
import { formatDuration } from "@/lib/time";
import { useLastRuns } from "../api/get-last-runs";
import classes from "./drawer.module.css";

interface Props {
  tree: string;
  event: EventDetail;
}

/** How the project fared before and since, in whichever trees; then every change of state of this event, newest last. */
export function HistoryTab({ tree, event }: Props) {
  const { project } = event;
  return (
    <>
      {project && <LastRuns project={project} tree={tree} sub={event.sub_id} />}
      <h3 className={classes.sub}>This event</h3>
      <ol className={classes.steps}>
        {event.history.map((change) => (
          <li key={`${change.at} ${change.to} ${change.code}`} data-state={asState(change.to)}>
            <StateText state={asState(change.to)} />
            <span>{change.text}</span>
            <span className={classes.fact}>
              <Time at={change.at} /> <code>{change.code}</code>
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}

interface LastProps {
  project: { id: string; name: string };
  tree: string;
  sub: string;
}

function LastRuns({ project, tree, sub }: LastProps) {
  return (
    <section aria-label={`Last events of ${project.name}`}>
      <h3 className={classes.sub}>Last events of {project.name}</h3>
      <Loaded query={useLastRuns(project.id)} rows={4}>
        {(runs) =>
          runs.length ? (
            <ol className={classes.runs}>
              {runs.map((run) => (
                <Run key={`${run.tree_id} ${run.sub_id}`} run={run} here={run.tree_id === tree && run.sub_id === sub} />
              ))}
            </ol>
          ) : (
            <p className="muted">None of its events has begun yet.</p>
          )
        }
      </Loaded>
    </section>
  );
}

function Run({ run, here }: { run: LastRun; here: boolean }) {
  const { tree_id: tree, sub_id: sub } = run;
  return (
    <li aria-current={here ? "true" : undefined}>
      <StateText state={asState(run.state)} />
      {tree && sub ? <Link to={paths.event(tree, sub)}>{here ? `this event, ${sub}` : `event ${sub}`}</Link> : <span />}
      <span className="muted num">{run.duration_s === null ? "" : formatDuration(run.duration_s * 1000)}</span>
      <Time at={run.at} />
    </li>
  );
}

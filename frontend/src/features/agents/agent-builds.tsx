/** What an agent runs now and how far it is; of projects that the viewer may not see only that there is something. */
import { Link } from "react-router";
import { Duration } from "@/components/time";
import type { Agent } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import classes from "./agent-page.module.css";

type Held = Agent["builds"][number];

export function AgentBuilds({ builds }: { builds: Agent["builds"] }) {
  if (!builds.length) return <span className="muted">–</span>;
  return (
    <ul className={classes.held}>
      {builds.map((build, i) => (
        <li key={build.id ?? i}>
          <AgentBuild build={build} />
        </li>
      ))}
    </ul>
  );
}

export function AgentBuild({ build }: { build: Held }) {
  if (!build.id) return <span className="muted">a build of a private project</span>;
  const { id, project, number, job, started_at, steps, steps_ended } = build;
  const far = `${steps_ended ?? 0} of ${steps} steps`;
  return (
    <span className={classes.build}>
      <Link to={paths.build(id)}>
        {project} #{number}
        {job && ` / ${job}`}
      </Link>
      {steps ? (
        <>
          <progress className={classes.progress} value={steps_ended ?? 0} max={steps} aria-label={far} />
          <span className="muted num">{far}</span>
        </>
      ) : (
        <span className="muted">reads its pipeline</span>
      )}
      <span className="muted">
        <Duration from={started_at} to={null} />
      </span>
    </span>
  );
}

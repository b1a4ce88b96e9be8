/** What was built, how it stands, and what can be done with it. */
import { Suspense } from "react";
import { Link } from "react-router";
import { Commit } from "@/components/commit";
import { pageOfBuilt } from "@/components/job-crumbs";
import { StateBadge } from "@/components/state-badge";
import { Duration, Time } from "@/components/time";
import type { Build } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { asState } from "@/lib/states";
import classes from "./build-page.module.css";
import { Approval, BuildActs } from "./parts";

export function BuildHeader({ build }: { build: Build }) {
  return (
    <header className={classes.header}>
      <StateBadge state={asState(build.state)} />
      <h1>
        <Link to={pageOfBuilt(build)}>{(build.of_job ?? build.project).name}</Link> #{build.number}
        {build.job && ` / ${build.job}`}
      </h1>
      {build.message && <span className="muted ellipsis">{build.message.split("\n")[0]}</span>}
      <span className={classes.spacer} />
      <Suspense>
        <BuildActs build={build} />
      </Suspense>
      <div className={classes.meta}>
        <span>{build.tag ?? build.branch ?? build.ref ?? ""}</span>
        <Commit sha={build.commit} />
        <Cause build={build} />
        {build.tree_id && (
          <Link to={build.sub_id ? paths.event(build.tree_id, build.sub_id) : paths.tree(build.tree_id)}>
            event {build.sub_id ?? ""} of its tree
          </Link>
        )}
        {!build.jobs.length && <Agent build={build} />}
        <span>
          <Duration from={build.started_at} to={build.finished_at} />
        </span>
        <Time at={build.started_at ?? build.created_at} />
      </div>
      {build.reason && <p className={classes.meta}>{build.reason.text}</p>}
      {build.approval && (
        <Suspense>
          <Approval build={build} />
        </Suspense>
      )}
    </header>
  );
}

const CAUSE: Record<Build["cause"], string> = {
  push: "pushed",
  manual: "run by hand",
  event: "set off by an event",
  job: "a job of a run",
  webhook: "called by a webhook",
  schedule: "started by its schedule",
  poll: "found in the repository",
  pull: "of a pull request",
  api: "asked for by another program",
};

function Cause({ build }: { build: Build }) {
  if (build.rerun_of)
    return (
      <span>
        rerun of <Link to={paths.build(build.rerun_of.id)}>#{build.rerun_of.number}</Link>
      </span>
    );
  if (build.run_id && build.job)
    return (
      <span>
        job of <Link to={paths.buildJob(build.run_id, build.job)}>run #{build.number}</Link>
      </span>
    );
  return <span>{CAUSE[build.cause]}</span>;
}

function Agent({ build }: { build: Build }) {
  if (!build.agent) return <span>no agent yet</span>;
  return (
    <span>
      agent <Link to={paths.agent(build.agent.id)}>{build.agent.name}</Link>
    </span>
  );
}

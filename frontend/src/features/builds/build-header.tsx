/** What was built, how it stands, and the button to stop it. */
import { Button } from "@mantine/core";
import { Link } from "react-router";
import { Commit } from "@/components/commit";
import { StateBadge } from "@/components/state-badge";
import { Duration, Time } from "@/components/time";
import { asApiError } from "@/lib/api/problem";
import type { Build } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { asState, isFinal } from "@/lib/states";
import { useCancelBuild } from "./api/cancel-build";
import classes from "./build-page.module.css";

export function BuildHeader({ build }: { build: Build }) {
  const state = asState(build.state);
  return (
    <header className={classes.header}>
      <StateBadge state={state} />
      <h1>
        <Link to={paths.project(build.project.name)}>{build.project.name}</Link> #{build.number}
      </h1>
      {build.message && <span className="muted ellipsis">{build.message.split("\n")[0]}</span>}
      <span className={classes.spacer} />
      {!isFinal(state) && <Cancel build={build} />}
      <div className={classes.meta}>
        <span>{build.tag ?? build.branch ?? build.ref ?? ""}</span>
        <Commit sha={build.commit} />
        <span>{CAUSE[build.cause]}</span>
        {build.tree_id && (
          <Link to={build.sub_id ? paths.event(build.tree_id, build.sub_id) : paths.tree(build.tree_id)}>
            event {build.sub_id ?? ""} of its tree
          </Link>
        )}
        <span>{build.agent ? `agent ${build.agent.name}` : "no agent yet"}</span>
        <span>
          <Duration from={build.started_at} to={build.finished_at} />
        </span>
        <Time at={build.started_at ?? build.created_at} />
      </div>
      {build.reason && <p className={classes.meta}>{build.reason.text}</p>}
    </header>
  );
}

const CAUSE: Record<Build["cause"], string> = { push: "pushed", manual: "run by hand", event: "set off by an event" };

function Cancel({ build }: { build: Build }) {
  const cancel = useCancelBuild(build.id);
  if (build.cancel_requested) return <span className="muted">cancel asked</span>;
  return (
    <>
      {cancel.error && <span role="alert">{asApiError(cancel.error).detail}</span>}
      <Button variant="default" size="xs" loading={cancel.isPending} onClick={() => cancel.mutate()}>
        Cancel
      </Button>
    </>
  );
}

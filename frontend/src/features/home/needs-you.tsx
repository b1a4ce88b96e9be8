/** What went wrong and has not succeeded since, each with the ways to find out why and to try again. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { Section } from "@/components/page";
import { StateIcon } from "@/components/state-icon";
import { Time } from "@/components/time";
import { asApiError } from "@/lib/api/problem";
import type { Home, Need } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { recall, remember } from "@/lib/remembered";
import { asState, STATE_WORD } from "@/lib/states";
import { useRunAgain } from "./api/run-again";
import classes from "./home.module.css";

const KEY = "dominoci-dismissed";
const KEPT = 200;

/** One attempt: when it is run again and goes wrong again, it is shown again. */
const nameOf = ({ tree_id, sub_id, attempt }: Need) => `${tree_id}:${sub_id}:${attempt}`;

function useDismissed() {
  const [names, setNames] = useState<readonly string[]>(() => (recall(KEY) ?? "").split(" ").filter(Boolean));
  const dismiss = (more: readonly Need[]) => {
    const next = [...names, ...more.map(nameOf)].slice(-KEPT);
    remember(KEY, next.join(" "));
    setNames(next);
  };
  return { names: new Set(names), dismiss };
}

export function NeedsYou({ home }: { home: Home }) {
  const { names, dismiss } = useDismissed();
  const needs = home.needs_you.filter((need) => !names.has(nameOf(need)));
  const more = home.total - home.needs_you.length;
  if (!needs.length && home.needs_you.length === 0)
    return (
      <Section title="Needs you" padded>
        <p className="muted">
          {home.scope === "mine" ? "Nothing of yours has gone wrong." : "Nothing has gone wrong that still is."}
        </p>
      </Section>
    );
  return (
    <Section
      title={`Needs you (${needs.length})`}
      padded={needs.length === 0}
      actions={
        needs.length > 0 && (
          <Button size="compact-xs" variant="subtle" onClick={() => dismiss(needs)}>
            Dismiss all
          </Button>
        )
      }
    >
      {needs.length === 0 && <p className="muted">All dismissed; what goes wrong from now on is shown again.</p>}
      <ul className={classes.overdue} aria-label="Needs you" data-rows>
        {needs.map((need) => (
          <Item key={nameOf(need)} need={need} />
        ))}
        {more > 0 && <li className="muted">{more} more are older.</li>}
      </ul>
    </Section>
  );
}

function Item({ need }: { need: Need }) {
  const { project, sub_id, tree_id, root, at, blocks, reason } = need;
  const state = asState(need.state);
  const commit = root.tag ?? root.commit?.slice(0, 7);
  return (
    <li className={classes.late}>
      <StateIcon state={state} />
      <div className={classes.about}>
        <Link to={paths.event(tree_id, sub_id)}>
          <strong>{project.name}</strong> {sub_id}
        </Link>{" "}
        {STATE_WORD[state]} in{" "}
        <Link to={paths.tree(tree_id)}>
          {root.project?.name ?? "a private project"} {commit}
        </Link>
        {blocks > 0 && <strong> · blocks {blocks}</strong>} <span className="muted">·</span> <Time at={at} />
        {reason && <div className={classes.because}>{reason.text}</div>}
      </div>
      <Ways need={need} />
    </li>
  );
}

function Ways({ need }: { need: Need }) {
  const { tree_id, sub_id, build_id, run_url, project, may_run, state } = need;
  const again = useRunAgain(need);
  const name = `${project.name} ${sub_id}`;
  return (
    <span className={classes.links}>
      <Link to={paths.event(tree_id, sub_id)} aria-label={`Why ${name} ${STATE_WORD[asState(state)]}`}>
        Why
      </Link>
      {build_id && (
        <Link to={paths.build(build_id)} aria-label={`Open the log of ${name}`}>
          Open log
        </Link>
      )}
      {!build_id && run_url && (
        <a href={run_url} target="_blank" rel="noreferrer" aria-label={`Open the run of ${name}`}>
          Open run ↗
        </a>
      )}
      {state === "undeliverable" && may_run && (
        <Link to={paths.projectSettings(project.name, "target")} aria-label={`Fix the target of ${project.name}`}>
          Fix target
        </Link>
      )}
      {may_run && (
        <Button size="compact-xs" variant="default" loading={again.isPending} onClick={() => again.mutate()}>
          {state === "undeliverable" ? "Redeliver" : "Rerun"}
          <span className="sr-only"> {name}</span>
        </Button>
      )}
      {again.error && <span role="alert">{asApiError(again.error).detail}</span>}
    </span>
  );
}

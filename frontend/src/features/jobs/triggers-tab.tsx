/** What starts a job beside people: when, what came of it last, and when the next time is. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { Copyable } from "@/components/copyable";
import { Empty } from "@/components/empty";
import form from "@/components/forms.module.css";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import { ProblemNote } from "@/components/problem-note";
import { StateIcon } from "@/components/state-icon";
import { Time } from "@/components/time";
import type { Job, Trigger } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import type { State } from "@/lib/states";
import { useChangeTrigger, useTriggers } from "./api/triggers";
import { mayChange } from "./job-words";
import classes from "./jobs.module.css";
import { NextRuns } from "./next-runs";
import { RepositoryLinks } from "./repository-links";
import { RemoveTrigger, RotateTrigger, TriggerDialog } from "./trigger-dialogs";
import { KIND_NAME, type Kind, sentenceOf } from "./trigger-model";

const ADD: readonly [Kind, string][] = [
  ["schedule", "Add a schedule"],
  ["webhook", "Add a webhook"],
  ["poll", "Watch its repository"],
];

export function TriggersTab({ job }: { job: Job }) {
  const triggers = useTriggers(job.id);
  const [adding, setAdding] = useState<Kind | null>(null);
  const own = mayChange(job);
  return (
    <>
      <Section
        title="Triggers"
        actions={
          own && (
            <div className={form.row}>
              {ADD.map(([kind, text]) => (
                <Button key={kind} size="xs" variant="default" onClick={() => setAdding(kind)}>
                  {text}
                </Button>
              ))}
            </div>
          )
        }
      >
        <Loaded query={triggers} rows={2}>
          {({ items }) =>
            items.length ? (
              <ul className={classes.rows} aria-label="Triggers">
                {items.map((trigger) => (
                  <Row key={trigger.id} job={job} trigger={trigger} own={own} />
                ))}
              </ul>
            ) : (
              <Empty title="Only people start it">
                A schedule starts it at a time, a webhook when another program calls, a watched repository when there is
                something new. To start it with a tree, point the target of its project at this job.
              </Empty>
            )
          }
        </Loaded>
      </Section>
      {!job.copied_from && <RepositoryLinks job={job} />}
      {adding && <TriggerDialog job={job} kind={adding} onClose={() => setAdding(null)} />}
    </>
  );
}

interface Props {
  job: Job;
  trigger: Trigger;
  own: boolean;
}

function Row({ job, trigger, own }: Props) {
  return (
    <li className={classes.row}>
      <div>
        <span>
          <strong>{sentenceOf(trigger)}</strong>
          {!trigger.enabled && <span className={classes.tag}>off</span>}
        </span>
        <span className={classes.under}>{detailOf(trigger)}</span>
        {trigger.url && <Copyable label="address of the webhook" text={trigger.url} />}
        <Next trigger={trigger} />
        <Last trigger={trigger} />
      </div>
      {own && <Acts job={job} trigger={trigger} own />}
    </li>
  );
}

function detailOf({ kind, ref, parameters, missed, created_by }: Trigger): string {
  const given = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  const parts = [
    KIND_NAME[kind],
    ref ? `builds ${ref}` : "",
    given.length ? `with ${given.join(", ")}` : "",
    missed === "skip" ? "missed turns are dropped" : missed === "once" ? "missed turns are made up for once" : "",
    `made by ${created_by}`,
  ];
  return parts.filter(Boolean).join(" · ");
}

/** The next turns of a schedule; of a watched repository when it is looked at next. */
function Next({ trigger: { enabled, kind, zone, next } }: { trigger: Trigger }) {
  if (!enabled || !next.length) return null;
  if (kind === "poll")
    return (
      <span className={classes.last}>
        Looks next <Time at={next[0]} />
      </span>
    );
  return <NextRuns next={next} zone={zone ?? "UTC"} />;
}

const OUTCOME: Record<NonNullable<Trigger["last"]>["outcome"], State> = {
  started: "success",
  nothing: "skipped",
  skipped: "skipped",
  failed: "failed",
};

function Last({ trigger: { last } }: { trigger: Trigger }) {
  if (!last) return <span className={classes.under}>It has started nothing yet</span>;
  return (
    <span className={classes.last}>
      <StateIcon state={OUTCOME[last.outcome]} size={14} />
      {last.text}
      {last.build && <Link to={paths.build(last.build.id)}>Open #{last.build.number}</Link>}
      <Time at={last.at} />
    </span>
  );
}

function Acts({ job, trigger }: Props) {
  const change = useChangeTrigger(job.id, trigger.id);
  const [dialog, setDialog] = useState<"change" | "rotate" | "remove" | null>(null);
  const close = () => setDialog(null);
  const named = (text: string) => `${text} (${sentenceOf(trigger)})`;
  const act = (text: string, onClick: () => void, busy = false) => (
    <Button size="compact-xs" variant="subtle" loading={busy} aria-label={named(text)} onClick={onClick}>
      {text}
    </Button>
  );
  return (
    <>
      <div className={form.row}>
        {act(
          trigger.enabled ? "Switch off" : "Switch on",
          () => change.mutate({ enabled: !trigger.enabled }),
          change.isPending,
        )}
        {act("Change…", () => setDialog("change"))}
        {trigger.kind === "webhook" && act("New secret…", () => setDialog("rotate"))}
        {act("Remove…", () => setDialog("remove"))}
      </div>
      <ProblemNote error={change.error} />
      {dialog === "change" && <TriggerDialog job={job} kind={trigger.kind} trigger={trigger} onClose={close} />}
      {dialog === "rotate" && <RotateTrigger job={job} trigger={trigger} onClose={close} />}
      {dialog === "remove" && <RemoveTrigger job={job} trigger={trigger} onClose={close} />}
    </>
  );
}

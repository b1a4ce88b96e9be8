/** One job: its builds, what it runs, what starts it, and how it is set up. */
import { Button } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { Crumbs } from "@/components/crumbs";
import { Dialog } from "@/components/dialog";
import form from "@/components/forms.module.css";
import { crumbsOf } from "@/components/job-crumbs";
import { Page } from "@/components/page";
import { RunForm } from "@/components/run-form";
import { Skeleton } from "@/components/skeleton";
import { StateBadge } from "@/components/state-badge";
import { useActions } from "@/lib/actions";
import type { Job } from "@/lib/api/types";
import { type JobTab, paths } from "@/lib/paths";
import { asState } from "@/lib/states";
import { useTitle } from "@/lib/use-title";
import { useRunJob } from "./api/jobs";
import { JobBuilds } from "./job-builds";
import { mayChange, shortRef } from "./job-words";
import classes from "./jobs.module.css";

const DefinitionTab = lazy(async () => ({ default: (await import("./definition-tab")).DefinitionTab }));
const TriggersTab = lazy(async () => ({ default: (await import("./triggers-tab")).TriggersTab }));
const SettingsTab = lazy(async () => ({ default: (await import("./settings-tab")).SettingsTab }));

const TABS: readonly [JobTab, string][] = [
  ["builds", "Builds"],
  ["definition", "Definition"],
  ["triggers", "Triggers"],
  ["settings", "Settings"],
];

export function JobPage({ job }: { job: Job }) {
  const [query] = useSearchParams();
  const tab = TABS.find(([name]) => name === query.get("tab"))?.[0] ?? "builds";
  const state = job.recent[0] ? asState(job.recent[0].state) : null;
  useTitle(`${job.path}${tab === "builds" ? "" : ` — ${tab}`}`, state);
  const [running, setRunning] = useState(false);
  const runnable = mayChange(job) && job.enabled && !job.closed_at;
  useActions(runnable ? [{ id: "run-job", text: `Run ${job.name}`, run: () => setRunning(true) }] : []);
  return (
    <Page
      title={
        <>
          {job.name} {state && <StateBadge state={state} />}
        </>
      }
      actions={runnable && <Button onClick={() => setRunning(true)}>Run…</Button>}
    >
      <Crumbs items={crumbsOf(job.folder?.path ?? "", [{ text: job.name }])} />
      <Notes job={job} />
      <nav aria-label="Parts of the job">
        <ul className={classes.tabs}>
          {TABS.map(([name, text]) => (
            <li key={name}>
              <Link to={paths.job(job.path, name)} replace aria-current={name === tab ? "page" : undefined}>
                {text}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <Suspense fallback={<Skeleton rows={6} />}>
        {tab === "builds" && <JobBuilds job={job} onRun={runnable ? () => setRunning(true) : undefined} />}
        {tab === "definition" && <DefinitionTab job={job} />}
        {tab === "triggers" && <TriggersTab job={job} />}
        {tab === "settings" && <SettingsTab job={job} />}
      </Suspense>
      <Dialog opened={running} onClose={() => setRunning(false)} title={`Run ${job.name}`}>
        <Run job={job} />
      </Dialog>
    </Page>
  );
}

/** Why it does not run, and of what it is a copy. */
function Notes({ job }: { job: Job }) {
  return (
    <>
      {job.copied_from && (
        <p className="in-text">
          A copy of <Link to={paths.job(job.copied_from.path)}>{job.copied_from.path}</Link> for{" "}
          {job.kind === "branch" ? `branch ${shortRef(job.ref ?? job.name)}` : <Pull job={job} />}: what it runs is
          changed there.
        </p>
      )}
      {job.closed_at && (
        <p className={form.banner} role="note">
          Its {job.kind === "branch" ? "branch" : "pull request"} is gone: nothing starts it any more. Its builds stay.
        </p>
      )}
      {!job.enabled && (
        <p className={`${form.banner} in-text`} role="note">
          {job.name} is switched off: nothing starts it.{" "}
          {mayChange(job) && <Link to={paths.job(job.path, "settings")}>Switch it on in its settings</Link>}
        </p>
      )}
    </>
  );
}

function Pull({ job: { pull, name } }: { job: Job }) {
  if (!pull) return <>a pull request ({name})</>;
  const text = `pull request #${pull.number}${pull.author ? ` by ${pull.author}` : ""}${pull.fork ? ", from a fork" : ""}`;
  if (!pull.url || !/^https?:\/\//.test(pull.url)) return <>{text}</>;
  return (
    <a href={pull.url} target="_blank" rel="noreferrer">
      {text} ↗
    </a>
  );
}

function Run({ job }: { job: Job }) {
  const run = useRunJob(job.id);
  return (
    <RunForm
      name={job.name}
      usualRef={job.checkout ? shortRef(job.ref ?? "") : null}
      asked={job.parameters}
      unknown={null}
      run={run}
    />
  );
}

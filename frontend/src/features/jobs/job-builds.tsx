/** What a job has run, and the copies of it for branches and pull requests. */
import { Button } from "@mantine/core";
import { Link } from "react-router";
import { BuildRows } from "@/components/build-rows";
import { DataTable, optional } from "@/components/data-table";
import { Empty } from "@/components/empty";
import forms from "@/components/forms.module.css";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import { itemsOf, More } from "@/components/rows-of-pages";
import { RunTicks } from "@/components/run-ticks";
import { Time } from "@/components/time";
import type { Job } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useCopies, useJobBuilds } from "./api/jobs";
import { JobRow } from "./folder-rows";
import { copiesText, copyOf, runOf, shortRef, sourceOf } from "./job-words";

interface Props {
  job: Job;
  /** Absent where it may not be run. */
  onRun?(): void;
}

export function JobBuilds({ job, onRun }: Props) {
  const builds = useJobBuilds(job.id);
  return (
    <>
      <About job={job} />
      <Section title="Builds">
        <Loaded query={builds} rows={4}>
          {(data) =>
            itemsOf(data).length ? (
              <>
                <BuildRows builds={itemsOf(data)} label="Builds" />
                <More query={builds} />
              </>
            ) : (
              <Empty title="No build yet">
                <p className="in-text">
                  It is run by hand, or by what stands in its <Link to={paths.job(job.path, "triggers")}>triggers</Link>
                  .
                </p>
                {onRun && (
                  <Button size="xs" onClick={onRun}>
                    Run…
                  </Button>
                )}
              </Empty>
            )
          }
        </Loaded>
      </Section>
      {!job.copied_from && <Copies job={job} />}
    </>
  );
}

function About({ job }: { job: Job }) {
  const ticks = job.recent.map((build) => ({
    key: build.id,
    at: build.created_at,
    to: paths.build(build.id),
    ...runOf(build),
  }));
  return (
    <Section title="About" padded>
      <div className={forms.stack}>
        {job.title && <p>{job.title}</p>}
        <dl className={forms.facts}>
          <dt>Project</dt>
          <dd className="in-text">
            <Link to={paths.project(job.project.name)}>{job.project.name}</Link>
          </dd>
          <dt>Runs</dt>
          <dd className="in-text">
            <Link to={paths.job(job.path, "definition")}>{sourceOf(job)}</Link>
            {job.checkout ? ` on ${job.ref ? shortRef(job.ref) : "the default branch"}` : ", in an empty folder"}
          </dd>
          {job.next_at && (
            <>
              <dt>Next run</dt>
              <dd>
                <Time at={job.next_at} />
              </dd>
            </>
          )}
        </dl>
        {ticks.length > 0 && <RunTicks last={ticks} />}
      </div>
    </Section>
  );
}

/** Nothing where there are none: then the links to repositories say how they come. */
function Copies({ job }: { job: Job }) {
  const copies = useCopies(job.id);
  const told = copiesText(job.copies);
  if (!told) return null;
  return (
    <Section title={`Copies for ${told}`}>
      <Loaded query={copies} rows={3}>
        {(data) => (
          <>
            <DataTable label="Copies" columns={["Last build", "For", optional("Last 20"), "When"]}>
              {itemsOf(data).map((copy) => (
                <JobRow key={copy.id} job={copy} name={copyOf(copy)} bare />
              ))}
            </DataTable>
            <More query={copies} />
          </>
        )}
      </Loaded>
    </Section>
  );
}

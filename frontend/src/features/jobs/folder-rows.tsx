/** What a folder holds as rows: folders first, then jobs with their last builds, and below a job its copies while they are open. */
import { useState } from "react";
import { Link } from "react-router";
import { DataTable, optional } from "@/components/data-table";
import { MiniTicks } from "@/components/mini-ticks";
import { itemsOf } from "@/components/rows-of-pages";
import { StateText } from "@/components/state-badge";
import classes from "@/components/table.module.css";
import { Time } from "@/components/time";
import { asApiError } from "@/lib/api/problem";
import type { Folder, JobSummary } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { asState } from "@/lib/states";
import { useCopies } from "./api/jobs";
import { copiesText, copyOf, runOf } from "./job-words";
import own from "./jobs.module.css";

interface Props {
  folders: readonly Folder[];
  jobs: readonly JobSummary[];
  /** Names with the folders that they are in. */
  whole?: boolean;
}

const COLUMNS = ["Last build", "Name", optional("Last 20"), "When", optional("Project"), optional("Branches and PRs")];

export function FolderRows({ folders, jobs, whole = false }: Props) {
  return (
    <DataTable label="Folders and jobs" columns={COLUMNS}>
      {folders.map((folder) => (
        <FolderRow key={folder.id} folder={folder} whole={whole} />
      ))}
      {jobs.map((job) => (
        <JobRows key={job.id} job={job} whole={whole} />
      ))}
    </DataTable>
  );
}

function FolderRow({ folder, whole }: { folder: Folder; whole: boolean }) {
  const holds = [many(folder.folders, "folder"), many(folder.jobs, "job")].filter(Boolean).join(", ");
  return (
    <tr>
      <td className={own.stateCell} />
      <td className={classes.wide}>
        <Link to={paths.jobs(folder.path)} className={own.named}>
          <svg className={own.folder} width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
            <path d="M1.5 3.5h4.6l1.5 1.8h6.9v7.7h-13Z" fill="none" stroke="currentColor" strokeWidth="1.4" />
          </svg>
          <span>
            <strong>{whole ? folder.path : folder.name}</strong>
            <span className="sr-only">, folder</span>
          </span>
        </Link>
        <span className={own.under}>{holds || "empty"}</span>
      </td>
      <td className={classes.optional} />
      <td />
      <td className={classes.optional} />
      <td className={classes.optional} />
    </tr>
  );
}

const many = (n: number, one: string) => (n ? `${n} ${one}${n === 1 ? "" : "s"}` : "");

function JobRows({ job, whole }: { job: JobSummary; whole: boolean }) {
  const [open, setOpen] = useState(false);
  const copies = copiesText(job.copies);
  return (
    <>
      <JobRow job={job} name={whole ? job.path : job.name}>
        {copies && (
          <button type="button" className={own.copies} aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? "Hide" : "Show"} {copies}
          </button>
        )}
      </JobRow>
      {open && <Copies job={job} />}
    </>
  );
}

function Copies({ job }: { job: JobSummary }) {
  const copies = useCopies(job.id);
  if (!copies.data)
    return (
      <tr>
        <td />
        <td colSpan={5} className="muted">
          {copies.error ? asApiError(copies.error).detail : "Reads its copies …"}
        </td>
      </tr>
    );
  return (
    <>
      {itemsOf(copies.data).map((copy) => (
        <JobRow key={copy.id} job={copy} name={copyOf(copy)} below />
      ))}
      {copies.hasNextPage && (
        <tr>
          <td />
          <td colSpan={5}>
            <Link to={paths.job(job.path)}>All of them are on the page of {job.name}</Link>
          </td>
        </tr>
      )}
    </>
  );
}

interface RowProps {
  job: JobSummary;
  name: string;
  /** A copy, below its job. */
  below?: boolean;
  /** Without project and copies. */
  bare?: boolean;
  children?: React.ReactNode;
}

export function JobRow({ job, name, below = false, bare = false, children }: RowProps) {
  const [last] = job.recent;
  return (
    <tr className={below ? own.copy : undefined}>
      <td className={`${classes.nowrap} ${classes.state} ${own.stateCell}`}>
        {last ? <StateText state={asState(last.state)} /> : <span className="muted">none yet</span>}
      </td>
      <td className={classes.wide}>
        <Link to={paths.job(job.path)}>
          <strong>{name}</strong>
        </Link>
        {!job.enabled && <span className={own.tag}>off</span>}
        {job.closed_at && <span className={own.tag}>closed</span>}
        {job.title && <span className={own.under}>{job.title}</span>}
      </td>
      <td className={`${classes.nowrap} ${classes.optional}`}>
        <MiniTicks last={job.recent.map(runOf)} />
      </td>
      <td className={classes.nowrap}>
        {last ? (
          <>
            <Link to={paths.build(last.id)}>#{last.number}</Link> <Time at={last.created_at} />
          </>
        ) : (
          <span className="muted">–</span>
        )}
      </td>
      {!bare && (
        <>
          <td className={`${classes.nowrap} ${classes.optional}`}>
            {!below && <Link to={paths.project(job.project.name)}>{job.project.name}</Link>}
          </td>
          <td className={`${classes.nowrap} ${classes.optional}`}>{children}</td>
        </>
      )}
    </tr>
  );
}

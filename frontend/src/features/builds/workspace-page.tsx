/** The workspace of a run as its jobs have left it: folder by folder, each file and the whole to download. */
import { Button } from "@mantine/core";
import { useMemo } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import { Commit } from "@/components/commit";
import { Crumbs } from "@/components/crumbs";
import { DataTable, right } from "@/components/data-table";
import { Empty } from "@/components/empty";
import { Loaded } from "@/components/loaded";
import { Page, Section } from "@/components/page";
import { Pairs } from "@/components/pairs";
import { SelectBox } from "@/components/select-box";
import table from "@/components/table.module.css";
import { buildQuery, useBuild } from "@/lib/api/calls/get-build";
import { asApiError } from "@/lib/api/problem";
import type { Build, RunJob, Workspace } from "@/lib/api/types";
import { formatBytes } from "@/lib/bytes";
import { useLiveRefetch } from "@/lib/live/use-live-refetch";
import { paths, type WorkspaceState } from "@/lib/paths";
import { asState, isFinal, STATE_WORD } from "@/lib/states";
import { useTitle } from "@/lib/use-title";
import { useWorkspace } from "./api/get-workspace";
import classes from "./workspace-page.module.css";

export function WorkspacePage() {
  const { build = "" } = useParams();
  useLiveRefetch(
    `build:${build}`,
    useMemo(() => buildQuery(build).queryKey, [build]),
  );
  return <Loaded query={useBuild(build)}>{(data) => <OfRun run={data} />}</Loaded>;
}

function OfRun({ run }: { run: Build }) {
  const [query, setQuery] = useSearchParams();
  const job = query.get("job") ?? undefined;
  const path = query.get("path") ?? undefined;
  const name = `${run.project.name} #${run.number}`;
  useTitle(`Workspace of ${name}`, asState(run.state));
  const left = run.jobs.filter((one) => isFinal(asState(one.state)) && one.state !== "skipped");
  return (
    <Page
      title={`Workspace of ${name}`}
      actions={
        left.length > 0 && (
          <Button component="a" href={paths.workspaceArchive(run.id, job)} download variant="default">
            Download all (.tar.gz)
          </Button>
        )
      }
    >
      <Crumbs
        items={[
          { text: "Builds", to: paths.builds() },
          { text: run.project.name, to: paths.project(run.project.name) },
          { text: `#${run.number}`, to: paths.build(run.id) },
          { text: "Workspace" },
        ]}
      />
      <Section
        title="Files"
        actions={
          left.length > 0 && (
            <SelectBox
              label="As left by"
              value={job ?? ""}
              onChange={(value) => setQuery(value ? { job: value } : {}, { replace: true })}
              options={[
                ["", "the last job"],
                ...left.map((one): [string, string] => [one.name, `${one.name} (${STATE_WORD[asState(one.state)]})`]),
              ]}
            />
          )
        }
      >
        {left.length > 0 ? <Folder run={run.id} state={{ job, path }} ended={endsOf(left)} /> : <Nothing run={run} />}
      </Section>
    </Page>
  );
}

function Nothing({ run }: { run: Build }) {
  return run.jobs.length > 0 ? (
    <Empty title="Nothing to see yet">The first job that ends leaves the first state here.</Empty>
  ) : (
    <Empty title="This build has no workspace of a run">
      Only workflows with routes (.flow.yml) hand their files on from job to job.{" "}
      <Link to={paths.build(run.id)}>Back to the build</Link>
    </Empty>
  );
}

/** Changes with every end of a job, and so with what the last job has left. */
const endsOf = (jobs: readonly RunJob[]): string => jobs.map((one) => `${one.name} ${one.finished_at}`).join();

function Folder({ run, state, ended }: { run: string; state: WorkspaceState; ended: string }) {
  const query = useWorkspace(run, state, ended);
  const error = query.error ? asApiError(query.error) : null;
  const gone = error?.status === 404 ? error : null;
  return (
    <>
      <Way run={run} state={state} />
      {gone ? (
        <Empty title="No such state or folder">{gone.detail}</Empty>
      ) : (
        <Loaded query={query}>{(data) => <Content run={run} state={state} folder={data} />}</Loaded>
      )}
    </>
  );
}

/** Where in the workspace: each folder above is a link. */
function Way({ run, state }: { run: string; state: WorkspaceState }) {
  const names = (state.path ?? "").split("/").filter(Boolean);
  return (
    <nav className={classes.way} aria-label="Folders">
      <Link to={paths.workspace(run, { job: state.job })}>workspace</Link>
      {names.map((name, i) => (
        <span key={names.slice(0, i + 1).join("/")}>
          {" / "}
          {i === names.length - 1 ? (
            name
          ) : (
            <Link to={paths.workspace(run, { job: state.job, path: names.slice(0, i + 1).join("/") })}>{name}</Link>
          )}
        </span>
      ))}
    </nav>
  );
}

function Content({ run, state, folder }: { run: string; state: WorkspaceState; folder: Workspace }) {
  return (
    <>
      {folder.entries.length ? (
        <DataTable label="Files" columns={["Name", right("Size")]}>
          {folder.entries.map((entry) => (
            <tr key={entry.path}>
              <td className={table.wide}>
                <Entry run={run} state={state} entry={entry} />
              </td>
              <td className={`${table.right} num`}>{entry.size === null ? "" : formatBytes(entry.size)}</td>
            </tr>
          ))}
        </DataTable>
      ) : (
        <Empty title="An empty folder">The job left nothing here.</Empty>
      )}
      {folder.cut && <p className={classes.note}>There are more: download all to see them.</p>}
      <div className={classes.note}>
        State <Commit sha={folder.commit} />
        {folder.job && ` of ${folder.job}`}
      </div>
      {Object.keys(folder.variables).length > 0 && (
        <div className={classes.variables}>
          <h3>Variables</h3>
          <Pairs of={folder.variables} />
        </div>
      )}
    </>
  );
}

function Entry({ run, state, entry }: { run: string; state: WorkspaceState; entry: Workspace["entries"][number] }) {
  const { name, path, kind, executable, large } = entry;
  const at = { job: state.job, path };
  if (kind === "folder") return <Link to={paths.workspace(run, at)}>▸ {name}/</Link>;
  if (kind === "link")
    return (
      <>
        {name} <span className="muted">link</span>
      </>
    );
  const said = [executable && "executable", large && "kept beside git (LFS)"].filter(Boolean).join(", ");
  return (
    <>
      <a href={paths.workspaceFile(run, at)} download={name}>
        {name}
      </a>{" "}
      {said && <span className="muted">{said}</span>}
    </>
  );
}

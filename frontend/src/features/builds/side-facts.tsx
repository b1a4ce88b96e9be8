/** Below a build's steps: pipelines that were left out, artifacts, and what it was started with. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { ArtifactList } from "@/components/artifact-list";
import { Copyable } from "@/components/copyable";
import { Dialog } from "@/components/dialog";
import { isGone, pathText } from "@/components/job-crumbs";
import { Pairs } from "@/components/pairs";
import type { Build } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import classes from "./build-page.module.css";

interface Props {
  build: Build;
  /** The build whose log is shown: of a workflow with routes the one that runs the chosen job. */
  shown: Build | null;
}

export function SideFacts({ build, shown }: Props) {
  const left = build.pipelines.filter((pipeline) => !pipeline.selected);
  const artifacts = [...build.artifacts, ...(shown && shown.id !== build.id ? shown.artifacts : [])];
  return (
    <>
      {left.length > 0 && (
        <>
          <h2>Not selected</h2>
          {left.map((pipeline) => (
            <p key={pipeline.name} className={classes.padded}>
              {pipeline.name} <span className="muted">{pipeline.reason}</span>
            </p>
          ))}
        </>
      )}
      <h2>Artifacts {artifacts.length || ""}</h2>
      <div className={classes.padded}>
        {build.expired_at && artifacts.length > 0 ? (
          <p className="muted">{artifacts.map((one) => one.name).join(", ")}: removed with the build's files</p>
        ) : (
          <ArtifactList artifacts={artifacts} />
        )}
      </div>
      {build.jobs.length > 0 && (
        <p className={classes.padded}>
          <Link to={paths.workspace(build.id)}>Browse the workspace</Link>
        </p>
      )}
      <h2>Parameters</h2>
      <div className={classes.padded}>
        <Pairs of={build.parameters} />
      </div>
      {build.of_job && <OfJob build={build} job={build.of_job} />}
      {build.definition && <Definition given={build.definition} />}
      <details className={classes.environment}>
        <summary>Environment</summary>
        <div className={classes.padded}>
          <Pairs of={environmentOf(build)} />
        </div>
      </details>
    </>
  );
}

/** Whose secrets it has, and which version of the job's definition it runs. */
function OfJob({ build, job }: { build: Build; job: NonNullable<Build["of_job"]> }) {
  const version = build.definition_version;
  return (
    <>
      <h2>Job</h2>
      <div className={`${classes.padded} in-text`}>
        <p>
          {isGone(job.path) ? (
            `${pathText(job.path)}, since deleted,`
          ) : (
            <Link to={paths.job(job.path)}>{job.path}</Link>
          )}{" "}
          of project <Link to={paths.project(build.project.name)}>{build.project.name}</Link>
        </p>
        {version !== null && !isGone(job.path) && (
          <p>
            <Link to={paths.jobVersion(job.path, version)}>version {version} of its definition</Link>
          </p>
        )}
      </div>
    </>
  );
}

/** What the build runs instead of the file in the repository; only those who maintain the project are told. */
function Definition({ given: { format, text } }: { given: NonNullable<Build["definition"]> }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <h2>Definition</h2>
      <div className={classes.padded}>
        <p>given with the start ({format})</p>
        <Button variant="default" size="compact-xs" onClick={() => setOpen(true)}>
          Show the definition
        </Button>
      </div>
      <Dialog
        opened={open}
        onClose={() => setOpen(false)}
        title={`Definition given with the start (${format})`}
        size="lg"
      >
        <Copyable label="definition" text={text} />
      </Dialog>
    </>
  );
}

/** What every step finds in its environment besides the parameters, as far as it is known here. */
const environmentOf = (build: Build): Record<string, unknown> => ({
  DOMINO_PROJECT: build.project.name,
  DOMINO_BUILD_NUMBER: String(build.number),
  DOMINO_BUILD_URL: build.url,
  DOMINO_BRANCH: build.branch,
  DOMINO_TAG: build.tag,
  DOMINO_COMMIT: build.commit,
  DOMINO_TREE_ID: build.cause === "event" ? build.tree_id : null,
  DOMINO_SUB_ID: build.cause === "event" ? build.sub_id : null,
});

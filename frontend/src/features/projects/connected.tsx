/** What a new project does next: its token, shown once, and the command that reports its first success. */
import { Button } from "@mantine/core";
import { useEffect } from "react";
import { Link } from "react-router";
import { Copyable } from "@/components/copyable";
import form from "@/components/forms.module.css";
import { Section } from "@/components/page";
import { itemsOf } from "@/components/rows-of-pages";
import { Skeleton } from "@/components/skeleton";
import { useTrees } from "@/lib/api/calls/get-trees";
import { asApiError } from "@/lib/api/problem";
import type { Project } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useCreateToken } from "./api/create-token";
import { RefusedMeanwhile } from "./refused-reports";
import { reportCommand } from "./snippets";
import { PipelineSnippet } from "./target/pipeline-snippet";

export function Connected({ project }: { project: Project }) {
  const token = useCreateToken();
  const { mutate } = token;
  useEffect(() => mutate({ project: project.name, name: "ci" }), [mutate, project.name]);
  return (
    <>
      {project.hosted && project.clone_url && (
        <Section title="Its repository" padded>
          <Copyable label="clone command" text={`git clone ${project.clone_url}`} />
        </Section>
      )}
      <Section title="Its token" padded>
        {token.isPending && <Skeleton rows={1} />}
        {token.error && <p role="alert">{asApiError(token.error).detail}</p>}
        {token.data && (
          <div className={form.stack}>
            <Copyable label="project token" text={token.data.token} />
            <p className={form.note}>
              Shown only now. More can be made, and this one revoked, in the project's settings.
            </p>
          </div>
        )}
      </Section>
      {token.data && project.target.kind !== "agent" && <PipelineSnippet project={project} saved={0} />}
      {token.data && project.target.kind === "agent" && (
        <Section title="Report a success" padded>
          <div className={form.stack}>
            <p>The last step of the pipeline sends this; everything that depends on {project.name} is then set off:</p>
            <Copyable label="report command" text={reportCommand(location.origin, token.data.token)} />
            <Waiting project={project} />
          </div>
        </Section>
      )}
      <div className={form.row}>
        <Button component={Link} to={paths.project(project.name)}>
          To the project
        </Button>
      </div>
    </>
  );
}

/** Turns green with the first tree of the project, which the live feed tells of. */
function Waiting({ project }: { project: Project }) {
  const trees = useTrees({ project: project.id, limit: 1 });
  const first = trees.data ? itemsOf(trees.data)[0] : undefined;
  if (!first)
    return (
      <>
        <p className={form.note} role="status">
          ◌ Waiting for the first event…
        </p>
        <RefusedMeanwhile project={project} />
      </>
    );
  return (
    <p role="status">
      ✓ Received. <Link to={paths.tree(first.id)}>Open its tree</Link>
    </p>
  );
}

/** A project of which nothing was ever heard: how its pipeline tells, and a look-out for the first time that it does. */
import { Link } from "react-router";
import { Copyable } from "@/components/copyable";
import form from "@/components/forms.module.css";
import { Section } from "@/components/page";
import type { Project } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { RefusedMeanwhile } from "./refused-reports";
import { reportCommand } from "./snippets";
import { PipelineSnippet } from "./target/pipeline-snippet";

export function NoEventYet({ project }: { project: Project }) {
  // of a pipeline elsewhere it is known in which file it is written, and in which words
  if (project.target.kind !== "agent" && project.role !== "viewer")
    return (
      <>
        <PipelineSnippet project={project} saved={0} />
        <RefusedMeanwhile project={project} />
      </>
    );
  return (
    <Section title="No event yet" padded>
      <div className={form.stack}>
        <p className="in-text">
          Nothing has been heard of {project.name}. The last step of its pipeline sends this, with a token from its{" "}
          <Link to={paths.projectSettings(project.name, "tokens")}>settings</Link>
          {project.hosted && "; a push to its repository does as well"}:
        </p>
        <Copyable label="report command" text={reportCommand(location.origin, "$DOMINOCI_TOKEN")} />
        <p className={form.note} role="status">
          ◌ Waiting for the first event… This page shows it by itself.
        </p>
        {project.role !== "viewer" && <RefusedMeanwhile project={project} />}
      </div>
    </Section>
  );
}

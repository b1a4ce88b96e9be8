import type { ReactNode } from "react";
import { Link } from "react-router";
import { Commit } from "@/components/commit";
import { Copyable } from "@/components/copyable";
import { Section } from "@/components/page";
import { StateText } from "@/components/state-badge";
import { Time } from "@/components/time";
import type { Project } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { asState } from "@/lib/states";
import { formatDuration } from "@/lib/time";
import classes from "./projects.module.css";

/** Address, target, rules and the last result. */
export function ProjectFacts({ project }: { project: Project }) {
  const { last_result: last, target } = project;
  return (
    <Section title="About" padded>
      <dl className={classes.facts}>
        <Fact name={project.hosted ? "Clone" : "Repository"}>
          <Copyable label="repository address" text={project.clone_url ?? project.repository_url ?? ""} />
        </Fact>
        <Fact name="Last result">
          {last ? (
            <span className={classes.row}>
              <StateText state={asState(last.status)} /> <span>{last.branch}</span> <Commit sha={last.commit} />{" "}
              <Time at={last.at} />
              {last.tree_id && (
                <Link to={last.sub_id ? paths.event(last.tree_id, last.sub_id) : paths.tree(last.tree_id)}>
                  its event
                </Link>
              )}
            </span>
          ) : (
            <span className="muted">none yet</span>
          )}
        </Fact>
        <Fact name="Runs on">{targetText(target)}</Fact>
        <Fact name="Default branch">{project.default_branch}</Fact>
        <Fact name="Visible to">{project.visibility === "public" ? "everybody" : "its members"}</Fact>
        <Fact name="Deadlines">
          starts within {formatDuration(project.start_deadline_s * 1000)}, ends within{" "}
          {formatDuration(project.finish_deadline_s * 1000)}
        </Fact>
        {project.contact && <Fact name="Contact">{project.contact}</Fact>}
      </dl>
    </Section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function targetText(target: Project["target"]): string {
  if (target.kind === "webhook") return `webhook ${target.url ?? ""}`;
  return target.pipeline ? `our own agents, pipeline ${target.pipeline}` : "our own agents";
}

/** The ways from a project to everything about it: repository, pipeline, log, those who own it. */
import type { ReactNode } from "react";
import { Link } from "react-router";
import { Commit } from "@/components/commit";
import { Copyable } from "@/components/copyable";
import form from "@/components/forms.module.css";
import { Section } from "@/components/page";
import { StateText } from "@/components/state-badge";
import { Time } from "@/components/time";
import { useOwners } from "@/lib/api/calls/get-owners";
import type { Project } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { asState } from "@/lib/states";
import { formatDuration } from "@/lib/time";
import classes from "./projects.module.css";
import { targetText } from "./target/target-model";

export function ProjectFacts({ project }: { project: Project }) {
  return (
    <Section title="About" padded>
      <dl className={classes.facts}>
        <Fact name={project.hosted ? "Clone" : "Repository"}>
          <Repository project={project} />
        </Fact>
        <Fact name="Last result">
          <LastResult project={project} />
        </Fact>
        <Fact name="Runs on">{targetText(project.target)}</Fact>
        <Fact name="Owners">
          <Owners project={project} />
        </Fact>
        <Fact name="Default branch">{project.default_branch}</Fact>
        <Fact name="Visible to">{project.visibility === "public" ? "everybody who is signed in" : "its members"}</Fact>
        <Fact name="Deadlines">
          starts within {formatDuration(project.start_deadline_s * 1000)}, ends within{" "}
          {formatDuration(project.finish_deadline_s * 1000)}
        </Fact>
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

const isWeb = (url: string) => /^https?:\/\//.test(url);

function Outward({ to, children }: { to: string; children: ReactNode }) {
  return (
    <a href={to} target="_blank" rel="noreferrer">
      {children} ↗
    </a>
  );
}

function Repository({ project: { hosted, clone_url, repository_url } }: { project: Project }) {
  const address = clone_url ?? repository_url ?? "";
  return (
    <>
      <Copyable label="repository address" text={address} />
      {!hosted && isWeb(address) && <Outward to={address.replace(/\.git$/, "")}>Open the repository</Outward>}
    </>
  );
}

function LastResult({ project }: { project: Project }) {
  const last = project.last_result;
  if (!last) return <span className="muted">none yet</span>;
  return (
    <span className={form.row}>
      <StateText state={asState(last.status)} /> <span>{last.branch}</span> <Commit sha={last.commit} />{" "}
      <Time at={last.at} />
      {last.tree_id && (
        <Link to={last.sub_id ? paths.event(last.tree_id, last.sub_id) : paths.tree(last.tree_id)}>its event</Link>
      )}
      {last.url && isWeb(last.url) && <Outward to={last.url}>Pipeline</Outward>}
      {project.target.kind === "agent" && <Link to={paths.builds(project.name)}>Logs of its builds</Link>}
    </span>
  );
}

function Owners({ project: { owner, owners_url, contact } }: { project: Project }) {
  // a group has a page for those who are in it
  const known = useOwners().data?.items.some(({ id }) => id === owner?.id) ?? false;
  if (!owner && !owners_url && !contact) return <span className="muted">nobody is named</span>;
  return (
    <span className={form.row}>
      {owner && (known ? <Link to={paths.owner(owner.name)}>{owner.name}</Link> : <strong>{owner.name}</strong>)}
      {contact && <span>{contact}</span>}
      {owners_url && <Outward to={owners_url}>Owners</Outward>}
    </span>
  );
}

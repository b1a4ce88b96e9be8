/** One project: where it stands in the graph, what happened last, and how it is wired. */
import { Button } from "@mantine/core";
import { useEffect } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { BuildRows } from "@/components/build-rows";
import { Crumbs } from "@/components/crumbs";
import { Empty } from "@/components/empty";
import form from "@/components/forms.module.css";
import { Loaded } from "@/components/loaded";
import { Columns, Page, Section } from "@/components/page";
import { itemsOf } from "@/components/rows-of-pages";
import { StateBadge } from "@/components/state-badge";
import { Time } from "@/components/time";
import { TreeRows } from "@/components/tree-rows";
import { useActions } from "@/lib/actions";
import { useBuilds } from "@/lib/api/calls/get-builds";
import { useTrees } from "@/lib/api/calls/get-trees";
import type { Project } from "@/lib/api/types";
import { noteProject } from "@/lib/last-project";
import { paths } from "@/lib/paths";
import { asState } from "@/lib/states";
import { useTitle } from "@/lib/use-title";
import { useProject } from "./api/get-project";
import { FirstLevel } from "./first-level";
import { LastCombo } from "./last-combo";
import { NoEventYet } from "./no-event-yet";
import { NumbersCard } from "./numbers-card";
import { ProjectFacts } from "./project-facts";
import { ProjectGraphSection } from "./project-graph";
import classes from "./projects.module.css";
import { RefusedReports } from "./refused-reports";
import { ReportList } from "./report-list";
import { RunProject } from "./run-project";
import { StarButton } from "./star-button";
import { TreeExplore } from "./tree-explore";

export function ProjectPage() {
  const { project = "" } = useParams();
  return (
    <Loaded query={useProject(project)} rows={8}>
      {(data) => <ProjectContent key={data.id} project={data} />}
    </Loaded>
  );
}

function ProjectContent({ project }: { project: Project }) {
  const state = project.last_result ? asState(project.last_result.status) : null;
  useTitle(project.name, state);
  useProjectActions(project);
  useEffect(() => noteProject(project.name), [project.name]);
  return (
    <Page
      title={
        <>
          {project.name} {state && <StateBadge state={state} />}{" "}
          {project.last_result && (
            <small className={classes.ago}>
              <Time at={project.last_result.at} />
            </small>
          )}
        </>
      }
      actions={<Actions project={project} />}
    >
      <Crumbs items={[{ text: "Projects", to: paths.projects() }, { text: project.name }]} />
      {!project.enabled && (
        <p className={`${form.banner} in-text`} role="note">
          {project.name} is switched off: it opens no trees and is left out of those of others.{" "}
          <Link to={paths.projectSettings(project.name)}>Switch it on in its settings</Link>
        </p>
      )}
      {!project.last_result && <NoEventYet project={project} />}
      {project.last_result && project.role !== "viewer" && <RefusedReports project={project} />}
      <ProjectFacts project={project} />
      <Columns>
        <LastCombo project={project} />
        <NumbersCard project={project} />
      </Columns>
      <FirstLevel project={project} />
      <TreeExplore project={project} />
      <ProjectGraphSection project={project} />
      <LastTrees project={project} />
      <ReportList project={project} />
      <LastBuilds project={project} />
    </Page>
  );
}

/** What the command palette offers here. */
function useProjectActions({ name, role }: Project): void {
  const navigate = useNavigate();
  const ways: [id: string, text: string, to: string][] = [
    ["preview", `Preview what a success of ${name} would set off`, paths.preview({ project: name })],
    ["around", `Show ${name} in the graph`, paths.graph(name)],
    ["its-trees", `All trees that ${name} set off`, paths.trees({ project: name })],
  ];
  if (role !== "viewer")
    ways.push(
      ["connections", `Test the connections of ${name}`, paths.connections(name)],
      ["settings", `Settings of ${name}`, paths.projectSettings(name)],
    );
  useActions(ways.map(([id, text, to]) => ({ id, text, run: () => void navigate(to) })));
}

function Actions({ project }: { project: Project }) {
  const maintains = project.role !== "viewer";
  return (
    <>
      <StarButton project={project} />
      {project.target.kind === "agent" && project.enabled && maintains && <RunProject project={project} />}
      <Button component={Link} to={paths.preview({ project: project.name })} variant="default">
        Preview…
      </Button>
      {maintains && (
        <>
          <Button component={Link} to={paths.connections(project.name)} variant="default">
            Test connections
          </Button>
          <Button component={Link} to={paths.projectSettings(project.name)} variant="default">
            Settings
          </Button>
        </>
      )}
    </>
  );
}

function LastTrees({ project }: { project: Project }) {
  const trees = useTrees({ project: project.id, limit: 10 });
  return (
    <Section title="Last trees that it set off" actions={<Link to={paths.trees({ project: project.name })}>All</Link>}>
      <Loaded query={trees} rows={3}>
        {(data) =>
          itemsOf(data).length ? (
            <TreeRows trees={itemsOf(data)} label="Last trees" />
          ) : (
            <Empty title="No tree yet">One opens with each success that {project.name} reports.</Empty>
          )
        }
      </Loaded>
    </Section>
  );
}

function LastBuilds({ project }: { project: Project }) {
  const builds = useBuilds({ project: project.id, limit: 20 });
  if (project.target.kind !== "agent") return null;
  return (
    <Section title="Last builds" actions={<Link to={paths.builds(project.name)}>All</Link>}>
      <Loaded query={builds} rows={3}>
        {(data) =>
          itemsOf(data).length ? (
            <BuildRows builds={itemsOf(data)} label="Last builds" />
          ) : (
            <Empty title="No build yet">Push to it, or press Run.</Empty>
          )
        }
      </Loaded>
    </Section>
  );
}

/** One project: where it stands in the graph, what happened last, and how it is wired. */
import { Link, useParams } from "react-router";
import { BuildRows } from "@/components/build-rows";
import { Crumbs } from "@/components/crumbs";
import { Empty } from "@/components/empty";
import { Loaded } from "@/components/loaded";
import { Columns, Page, Section } from "@/components/page";
import { itemsOf } from "@/components/rows-of-pages";
import { StateBadge } from "@/components/state-badge";
import { TreeRows } from "@/components/tree-rows";
import { useBuilds } from "@/lib/api/calls/get-builds";
import { useTrees } from "@/lib/api/calls/get-trees";
import type { Project } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { asState } from "@/lib/states";
import { useTitle } from "@/lib/use-title";
import { useProject } from "./api/get-project";
import { DeleteProject } from "./delete-project";
import { DependencyList } from "./dependency-list";
import { ProjectFacts } from "./project-facts";
import { ProjectGraphSection } from "./project-graph";
import { RunProject } from "./run-project";
import { TokenList } from "./token-list";

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
  return (
    <Page
      title={
        <>
          {project.name} {state && <StateBadge state={state} />}
        </>
      }
      actions={project.target.kind === "agent" ? <RunProject project={project} /> : undefined}
    >
      <Crumbs items={[{ text: "Projects", to: paths.projects() }, { text: project.name }]} />
      <ProjectFacts project={project} />
      <ProjectGraphSection project={project} />
      <LastTrees project={project} />
      <LastBuilds project={project} />
      <DependencyList project={project} />
      <Columns>
        <TokenList project={project} />
        <DeleteProject project={project} />
      </Columns>
    </Page>
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
  const builds = useBuilds({ project: project.id, limit: 10 });
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

/** A project's settings: a form for each matter, each with an address of its own. */
import { lazy, type ReactNode, Suspense } from "react";
import { Link, Navigate, useNavigate, useParams } from "react-router";
import { Crumbs } from "@/components/crumbs";
import { Empty } from "@/components/empty";
import { Loaded } from "@/components/loaded";
import { NotFound } from "@/components/not-found";
import { Page } from "@/components/page";
import { SideNav } from "@/components/side-nav";
import { Skeleton } from "@/components/skeleton";
import type { Project } from "@/lib/api/types";
import { paths, type SettingsSection } from "@/lib/paths";
import { useTitle } from "@/lib/use-title";
import { useProject } from "../api/get-project";
import { DangerSection } from "./danger-section";
import { DependenciesSection } from "./dependencies-section";
import { GeneralSection } from "./general-section";
import { SECTIONS } from "./sections";
import { TargetSection } from "./target-section";
import { TokensSection } from "./tokens-section";

const BadgeSection = lazy(async () => ({ default: (await import("./badge-section")).BadgeSection }));
const MembersForm = lazy(async () => ({ default: (await import("./members-form")).MembersForm }));
const NotificationsSection = lazy(async () => ({
  default: (await import("./notifications-section")).NotificationsSection,
}));
const RepositorySection = lazy(async () => ({ default: (await import("./repository-section")).RepositorySection }));
const SecretsSection = lazy(async () => ({ default: (await import("./secrets-section")).SecretsSection }));
const TrustSection = lazy(async () => ({ default: (await import("./trust-section")).TrustSection }));
const WebhooksSection = lazy(async () => ({ default: (await import("./webhooks-section")).WebhooksSection }));

export function SettingsPage() {
  const { project = "", section } = useParams();
  const query = useProject(project);
  if (!section) return <Navigate to={paths.projectSettings(project)} replace />;
  const known = SECTIONS.find(([name]) => name === section);
  if (!known) return <NotFound />;
  return (
    <Loaded query={query} rows={8}>
      {(data) =>
        data.role === "viewer" ? (
          <NotYours project={data} />
        ) : (
          <Settings key={data.id} project={data} section={known[0]} name={known[1]} />
        )
      }
    </Loaded>
  );
}

/** The same for all sections: there is nothing in them for somebody who may change none of it. */
function NotYours({ project }: { project: Project }) {
  useTitle(`Settings of ${project.name}`);
  return (
    <Empty title={`You may see ${project.name}, but not change it`} level="h2">
      Its settings are for its maintainers and owners{project.contact ? `; ask ${project.contact}` : ""}.{" "}
      <Link to={paths.project(project.name)}>Back to {project.name}</Link>
    </Empty>
  );
}

function Settings({ project, section, name }: { project: Project; section: SettingsSection; name: string }) {
  useTitle(`${name} settings of ${project.name}`);
  return (
    <Page title={`Settings of ${project.name}`}>
      <Crumbs
        items={[
          { text: "Projects", to: paths.projects() },
          { text: project.name, to: paths.project(project.name) },
          { text: "Settings", to: paths.projectSettings(project.name) },
          { text: name },
        ]}
      />
      <SideNav
        label="Settings"
        items={SECTIONS.map(([key, text]) => ({ to: paths.projectSettings(project.name, key), text }))}
      >
        <Suspense fallback={<Skeleton rows={5} />}>
          <SectionOf key={section} project={project} section={section} />
        </Suspense>
      </SideNav>
    </Page>
  );
}

function SectionOf({ project, section }: { project: Project; section: SettingsSection }): ReactNode {
  const navigate = useNavigate();
  const renamed = (now: string) => void navigate(paths.projectSettings(now), { replace: true });
  switch (section) {
    case "general":
      return <GeneralSection project={project} onRenamed={renamed} />;
    case "target":
      return <TargetSection project={project} />;
    case "repository":
      return <RepositorySection project={project} />;
    case "secrets":
      return <SecretsSection project={project} />;
    case "dependencies":
      return <DependenciesSection project={project} />;
    case "tokens":
      return <TokensSection project={project} />;
    case "members":
      return <MembersForm project={project} />;
    case "trust":
      return <TrustSection project={project} />;
    case "notifications":
      return <NotificationsSection project={project} />;
    case "webhooks":
      return <WebhooksSection project={project} />;
    case "badge":
      return <BadgeSection project={project} />;
    case "danger":
      return <DangerSection project={project} />;
  }
}

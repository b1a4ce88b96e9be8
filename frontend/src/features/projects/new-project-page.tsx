/** Connecting a project: name, repository and what starts its pipeline; then a token and the command that reports a success. */
import { useState } from "react";
import { Crumbs } from "@/components/crumbs";
import { Page, Section } from "@/components/page";
import type { Project } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useTitle } from "@/lib/use-title";
import { Connected } from "./connected";
import { ProjectForm } from "./project-form";

export function NewProjectPage() {
  const [made, setMade] = useState<Project | null>(null);
  useTitle(made ? `Connected ${made.name}` : "Connect a project");
  return (
    <Page title={made ? `${made.name} is connected` : "Connect a project"}>
      <Crumbs items={[{ text: "Projects", to: paths.projects() }, { text: made?.name ?? "Connect" }]} />
      {made ? (
        <Connected project={made} />
      ) : (
        <Section title="The project" padded>
          <ProjectForm onCreated={setMade} />
        </Section>
      )}
    </Page>
  );
}

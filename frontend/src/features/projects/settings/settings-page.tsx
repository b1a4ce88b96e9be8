/** A project's settings, a form for each matter; dependencies are on the project's own page. */
import { Button } from "@mantine/core";
import { Link, useNavigate, useParams } from "react-router";
import { Crumbs } from "@/components/crumbs";
import { Loaded } from "@/components/loaded";
import { Columns, Page } from "@/components/page";
import type { Project } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useTitle } from "@/lib/use-title";
import { useProject } from "../api/get-project";
import { DeleteProject } from "../delete-project";
import classes from "../projects.module.css";
import { TokenList } from "../token-list";
import { GeneralForm } from "./general-form";
import { RulesForm } from "./rules-form";
import { TargetForm } from "./target-form";

export function SettingsPage() {
  const { project = "" } = useParams();
  return (
    <Loaded query={useProject(project)} rows={8}>
      {(data) => <Settings key={data.id} project={data} />}
    </Loaded>
  );
}

function Settings({ project }: { project: Project }) {
  const { name } = project;
  useTitle(`Settings of ${name}`);
  const navigate = useNavigate();
  return (
    <Page
      title={`Settings of ${name}`}
      actions={
        <Button component={Link} to={paths.connections(name)} variant="default">
          Test connections
        </Button>
      }
    >
      <Crumbs
        items={[
          { text: "Projects", to: paths.projects() },
          { text: name, to: paths.project(name) },
          { text: "Settings" },
        ]}
      />
      <Columns>
        <div className={classes.column}>
          <GeneralForm
            project={project}
            onRenamed={(now) => void navigate(paths.projectSettings(now), { replace: true })}
          />
          <TargetForm project={project} />
        </div>
        <div className={classes.column}>
          <RulesForm project={project} />
          <DeleteProject project={project} />
        </div>
      </Columns>
      <TokenList project={project} />
    </Page>
  );
}

/** What the project waits for and what waits for it: every edge with its rules, its switch, and how it is changed. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { ACTIONS, DataTable, optional } from "@/components/data-table";
import { Empty } from "@/components/empty";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import { ProblemNote } from "@/components/problem-note";
import classes from "@/components/table.module.css";
import type { Dependency, Project } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useChangeDependency } from "../api/change-dependency";
import { useDependencies } from "../api/get-dependencies";
import { AddDependency, ChangeDependency } from "../dependency-dialogs";
import { filtersText } from "../filters-text";
import own from "../projects.module.css";
import { RemoveDependency } from "./remove-dependency";
import settings from "./settings.module.css";

export function DependenciesSection({ project }: { project: Project }) {
  const [adding, setAdding] = useState(false);
  return (
    <Section
      title="Dependencies"
      actions={
        <>
          <Link to={paths.preview({ project: project.name })}>Preview its tree</Link>
          <Button size="xs" variant="default" onClick={() => setAdding(true)}>
            Add a dependency
          </Button>
        </>
      }
    >
      <Loaded query={useDependencies(project.name)} rows={3}>
        {({ upstream, downstream }) =>
          upstream.length + downstream.length ? (
            <Edges project={project} upstream={upstream} downstream={downstream} />
          ) : (
            <Empty title="No dependency yet">
              {project.name} is rebuilt after nothing, and nothing after it. Add what it must be rebuilt after.
            </Empty>
          )
        }
      </Loaded>
      {adding && <AddDependency project={project} onClose={() => setAdding(false)} />}
    </Section>
  );
}

interface EdgesProps {
  project: Project;
  upstream: Dependency[];
  downstream: Dependency[];
}

function Edges({ project, upstream, downstream }: EdgesProps) {
  return (
    <DataTable
      label="Dependencies"
      columns={["Upstream", optional("Downstream"), "When", optional("Join"), optional("Ref"), ACTIONS]}
    >
      {[...upstream, ...downstream].map((edge) => (
        <Edge key={edge.id} edge={edge} here={project.name} />
      ))}
    </DataTable>
  );
}

function Edge({ edge, here }: { edge: Dependency; here: string }) {
  const toggle = useChangeDependency(edge.downstream.name, edge.id);
  const [dialog, setDialog] = useState<"change" | "remove" | null>(null);
  const parameters = Object.keys(edge.parameters);
  // the rules are the downstream project's; who maintains the upstream may only end it
  const ruled = edge.downstream.name === here;
  const close = () => setDialog(null);
  return (
    <tr className={edge.enabled ? undefined : settings.off}>
      <td className={`${classes.nowrap} in-text`}>
        <End name={edge.upstream.name} here={here} />{" "}
        <span className={settings.narrow}>
          → <End name={edge.downstream.name} here={here} />
        </span>
      </td>
      <td className={`${classes.nowrap} ${classes.optional} in-text`}>
        <End name={edge.downstream.name} here={here} />
      </td>
      <td className={classes.wide}>
        {edge.enabled ? filtersText(edge.filters) : "switched off: nothing goes this way"}
        {parameters.length > 0 && <span className={classes.under}>sends {parameters.join(", ")}</span>}
        <ProblemNote error={toggle.error} />
      </td>
      <td className={classes.optional}>{edge.join}</td>
      <td className={`${classes.nowrap} ${classes.optional}`}>
        {edge.ref.use === "fixed" ? edge.ref.value : edge.ref.use}
      </td>
      <td className={`${classes.right} ${own.acts}`}>
        {ruled ? (
          <>
            <Button size="compact-xs" variant="subtle" onClick={() => setDialog("change")}>
              Change…
            </Button>{" "}
            <Button
              size="compact-xs"
              variant="subtle"
              loading={toggle.isPending}
              onClick={() => toggle.mutate({ enabled: !edge.enabled })}
            >
              {edge.enabled ? "Switch off" : "Switch on"}
            </Button>
          </>
        ) : (
          <Link to={paths.projectSettings(edge.downstream.name, "dependencies")}>Its rules</Link>
        )}{" "}
        <Button size="compact-xs" variant="subtle" color="danger" onClick={() => setDialog("remove")}>
          Remove…
        </Button>
        {dialog === "change" && <ChangeDependency edge={edge} onClose={close} />}
        {dialog === "remove" && <RemoveDependency edge={edge} here={here} onClose={close} />}
      </td>
    </tr>
  );
}

function End({ name, here }: { name: string; here: string }) {
  return name === here ? <strong>{name}</strong> : <Link to={paths.project(name)}>{name}</Link>;
}

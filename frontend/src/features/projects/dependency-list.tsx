/** What a project waits for and what waits for it, with the rules of each edge. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { Empty } from "@/components/empty";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import classes from "@/components/table.module.css";
import { asApiError } from "@/lib/api/problem";
import type { Dependency, Filters, Project } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useChangeDependency } from "./api/change-dependency";
import { useDependencies } from "./api/get-dependencies";
import { useRemoveDependency } from "./api/remove-dependency";
import { AddDependency, ChangeDependency } from "./dependency-dialogs";
import own from "./projects.module.css";

export function DependencyList({ project }: { project: Project }) {
  const [adding, setAdding] = useState(false);
  return (
    <Section
      title="Dependencies"
      actions={
        <Button size="xs" variant="default" onClick={() => setAdding(true)}>
          Add a dependency
        </Button>
      }
    >
      <Loaded query={useDependencies(project.name)} rows={3}>
        {({ upstream, downstream }) =>
          upstream.length + downstream.length ? (
            <div className={classes.wrap}>
              <table className={classes.table} aria-label="Dependencies">
                <thead>
                  <tr>
                    <th scope="col">Edge</th>
                    <th scope="col" className={classes.optional}>
                      Join
                    </th>
                    <th scope="col">Filters</th>
                    <th scope="col" className={classes.optional}>
                      Ref
                    </th>
                    <th scope="col" className={classes.right}>
                      <span className="sr-only">Actions</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {[...upstream, ...downstream].map((edge) => (
                    <Edge key={edge.id} edge={edge} here={project.name} />
                  ))}
                </tbody>
              </table>
            </div>
          ) : (
            <Empty title="No dependency yet">Add what {project.name} must be rebuilt after.</Empty>
          )
        }
      </Loaded>
      {adding && <AddDependency project={project} onClose={() => setAdding(false)} />}
    </Section>
  );
}

function Edge({ edge, here }: { edge: Dependency; here: string }) {
  const toggle = useChangeDependency(edge.downstream.name, edge.id);
  const remove = useRemoveDependency(edge.downstream.name);
  const [sure, setSure] = useState(false);
  const [changing, setChanging] = useState(false);
  const parameters = Object.keys(edge.parameters);
  const name = (end: { name: string }) =>
    end.name === here ? <strong>{end.name}</strong> : <Link to={paths.project(end.name)}>{end.name}</Link>;
  const error = toggle.error ?? remove.error;
  return (
    <tr>
      <td className={`${classes.nowrap} ${own.edge}`}>
        {name(edge.upstream)} → {name(edge.downstream)} {!edge.enabled && <span className={own.demo}>off</span>}
        {error && <span role="alert"> {asApiError(error).detail}</span>}
      </td>
      <td className={classes.optional}>{edge.join}</td>
      <td className={classes.wide}>
        {filtersText(edge.filters)}
        {parameters.length > 0 && <span className={own.under}>sends {parameters.join(", ")}</span>}
      </td>
      <td className={`${classes.nowrap} ${classes.optional}`}>
        {edge.ref.use === "fixed" ? edge.ref.value : edge.ref.use}
      </td>
      <td className={`${classes.right} ${own.acts}`}>
        <Button size="compact-xs" variant="subtle" onClick={() => setChanging(true)}>
          Change…
        </Button>{" "}
        <Button
          size="compact-xs"
          variant="subtle"
          loading={toggle.isPending}
          onClick={() => toggle.mutate({ enabled: !edge.enabled })}
        >
          {edge.enabled ? "Switch off" : "Switch on"}
        </Button>{" "}
        <Button
          size="compact-xs"
          variant="subtle"
          color="danger"
          loading={remove.isPending}
          onClick={() => (sure ? remove.mutate(edge.id) : setSure(true))}
          onBlur={() => setSure(false)}
        >
          {sure ? "Really remove?" : "Remove"}
        </Button>
        {changing && <ChangeDependency edge={edge} onClose={() => setChanging(false)} />}
      </td>
    </tr>
  );
}

/** "branches main, release/*; not tags v0*", or that everything passes. */
export function filtersText(filters: Filters): string {
  const parts = (["branches", "tags", "pipelines"] as const).flatMap((kind) => {
    const { include, exclude } = filters[kind];
    return [
      include.length ? `${kind} ${include.join(", ")}` : "",
      exclude.length ? `not ${kind} ${exclude.join(", ")}` : "",
    ];
  });
  return parts.filter(Boolean).join("; ") || "everything passes";
}

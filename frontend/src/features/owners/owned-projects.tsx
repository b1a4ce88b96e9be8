/** The projects of a group, and the way to who may depend on it. */
import { Link } from "react-router";
import { DataTable, optionalRight } from "@/components/data-table";
import { Empty } from "@/components/empty";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import { itemsOf, More } from "@/components/rows-of-pages";
import classes from "@/components/table.module.css";
import type { Owner, Project } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useOwnedProjects } from "./api/owned-projects";

export function OwnedProjects({ owner }: { owner: Owner }) {
  const projects = useOwnedProjects(owner.name);
  return (
    <Section title="Projects">
      <Loaded query={projects} rows={3}>
        {(data) =>
          itemsOf(data).length ? (
            <ProjectRows projects={itemsOf(data)} />
          ) : (
            <Empty title="No project belongs to this group">
              Choose it as the owner in a project's General settings; members of the group then have their role there.
            </Empty>
          )
        }
      </Loaded>
      <More query={projects} />
    </Section>
  );
}

function ProjectRows({ projects }: { projects: readonly Project[] }) {
  return (
    <DataTable
      label="Projects of the group"
      columns={["Name", "Seen by", optionalRight("Depend on it"), { text: "Ways", right: true, unseen: true }]}
    >
      {projects.map((project) => (
        <tr key={project.id}>
          <td className={classes.wide}>
            <Link to={paths.project(project.name)}>
              <strong>{project.name}</strong>
            </Link>
          </td>
          <td className={classes.nowrap}>{project.visibility === "public" ? "everybody" : "its members"}</td>
          <td className={`${classes.right} ${classes.optional} num`}>{project.downstream_count}</td>
          <td className={classes.right}>
            <Link to={paths.projectSettings(project.name, "members")}>Members</Link>
          </td>
        </tr>
      ))}
    </DataTable>
  );
}

import { Link } from "react-router";
import { StateText } from "@/components/state-badge";
import classes from "@/components/table.module.css";
import { Time } from "@/components/time";
import type { Project } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { asState } from "@/lib/states";
import own from "./projects.module.css";

export function ProjectRows({ projects }: { projects: readonly Project[] }) {
  return (
    <div className={classes.wrap}>
      <table className={classes.table} aria-label="Projects">
        <thead>
          <tr>
            <th scope="col">Project</th>
            <th scope="col">Last result</th>
            <th scope="col" className={classes.optional}>
              CI
            </th>
            <th scope="col" className={`${classes.right} ${classes.optional}`}>
              Upstream
            </th>
            <th scope="col" className={`${classes.right} ${classes.optional}`}>
              Downstream
            </th>
            <th scope="col" className={classes.right}>
              When
            </th>
          </tr>
        </thead>
        <tbody>
          {projects.map((project) => (
            <tr key={project.id}>
              <td className={classes.wide}>
                <Link to={paths.project(project.name)}>
                  <strong>{project.name}</strong>
                </Link>
                {project.demo && <span className={own.demo}>demo</span>}
                <span className={own.under}>{project.repository_url ?? project.clone_url}</span>
              </td>
              <td className={classes.nowrap}>
                {project.last_result ? (
                  <StateText state={asState(project.last_result.status)} />
                ) : (
                  <span className="muted">no result yet</span>
                )}
              </td>
              <td className={`${classes.nowrap} ${classes.optional}`}>
                {project.target.kind === "agent" ? "own agent" : project.target.kind}
              </td>
              <td className={`${classes.right} ${classes.optional} num`}>{project.upstream_count}</td>
              <td className={`${classes.right} ${classes.optional} num`}>{project.downstream_count}</td>
              <td className={classes.right}>
                <Time at={project.last_result?.at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

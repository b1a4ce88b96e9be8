/** Builds as rows of a table. */
import { Link } from "react-router";
import type { BuildSummary } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { asState } from "@/lib/states";
import { Commit } from "./commit";
import { StateText } from "./state-badge";
import classes from "./table.module.css";
import { Duration, Time } from "./time";

export function BuildRows({ builds, label }: { builds: readonly BuildSummary[]; label: string }) {
  return (
    <div className={classes.wrap}>
      <table className={classes.table} aria-label={label}>
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">Build</th>
            <th scope="col" className={classes.optional}>
              Ref
            </th>
            <th scope="col" className={classes.optional}>
              Agent
            </th>
            <th scope="col" className={classes.right}>
              Duration
            </th>
            <th scope="col" className={classes.right}>
              Created
            </th>
          </tr>
        </thead>
        <tbody>
          {builds.map((build) => (
            <tr key={build.id}>
              <td className={classes.state}>
                <StateText state={asState(build.state)} />
              </td>
              <td className={classes.wide}>
                <Link to={paths.build(build.id)}>
                  <strong>
                    {build.project.name} #{build.number}
                  </strong>{" "}
                  <span className={classes.message}>{build.message?.split("\n")[0]}</span>
                </Link>
              </td>
              <td className={`${classes.nowrap} ${classes.optional}`}>
                <span className="muted">{build.tag ?? build.branch ?? build.ref}</span> <Commit sha={build.commit} />
              </td>
              <td className={`${classes.nowrap} ${classes.optional}`}>
                {build.agent?.name ?? <span className="muted">–</span>}
              </td>
              <td className={classes.right}>
                <Duration from={build.started_at} to={build.finished_at} />
              </td>
              <td className={classes.right}>
                <Time at={build.created_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

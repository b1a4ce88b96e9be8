/** Builds as rows of a table. */
import { Link } from "react-router";
import type { BuildSummary } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { asState } from "@/lib/states";
import { Commit } from "./commit";
import { DataTable, optional, right } from "./data-table";
import { nameOfBuild } from "./job-crumbs";
import { StateText } from "./state-badge";
import classes from "./table.module.css";
import { Duration, Time } from "./time";

export function BuildRows({ builds, label }: { builds: readonly BuildSummary[]; label: string }) {
  return (
    <DataTable
      label={label}
      columns={["State", "Build", optional("Ref"), optional("Agent"), right("Duration"), right("Created")]}
    >
      {builds.map((build) => (
        <tr key={build.id}>
          <td className={classes.state}>
            <StateText state={asState(build.state)} />
          </td>
          <td className={classes.wide}>
            <Link to={paths.build(build.id)}>
              <strong>{nameOfBuild(build)}</strong>{" "}
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
    </DataTable>
  );
}

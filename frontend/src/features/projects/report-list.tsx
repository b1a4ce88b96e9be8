import { Link } from "react-router";
import { Commit } from "@/components/commit";
import { DataTable, optional, right } from "@/components/data-table";
import { Empty } from "@/components/empty";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import { itemsOf, More } from "@/components/rows-of-pages";
import { StateText } from "@/components/state-badge";
import classes from "@/components/table.module.css";
import { Time } from "@/components/time";
import { TreeSentence } from "@/components/tree-sentence";
import type { Project, RootReport } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { asState } from "@/lib/states";
import { useReports } from "./api/get-reports";

/** What the pipeline reported by itself, and what came of each: a tree, or why none. */
export function ReportList({ project }: { project: Project }) {
  const reports = useReports(project.name);
  return (
    <Section title="What came of each report">
      <Loaded query={reports} rows={3}>
        {(data) =>
          itemsOf(data).length ? (
            <>
              <Rows reports={itemsOf(data)} />
              <More query={reports} />
            </>
          ) : (
            <Empty title="No report yet">
              The last step of {project.name}'s pipeline reports its result, with a token from its{" "}
              <Link to={paths.projectSettings(project.name)}>settings</Link>.
            </Empty>
          )
        }
      </Loaded>
    </Section>
  );
}

function Rows({ reports }: { reports: readonly RootReport[] }) {
  return (
    <DataTable label="Reports" columns={["Result", optional("Ref"), "What came of it", right("Received")]}>
      {reports.map((report) => (
        <tr key={report.id}>
          <td className={classes.state}>
            <StateText state={asState(report.status)} />
          </td>
          <td className={`${classes.nowrap} ${classes.optional}`}>
            <span className="muted">{report.metadata.tag ?? report.metadata.branch}</span>{" "}
            <Commit sha={report.metadata.commit} />
          </td>
          <td className={classes.wide}>
            <TreeSentence text={report.text} />
          </td>
          <td className={classes.right}>
            <Time at={report.received_at} />
          </td>
        </tr>
      ))}
    </DataTable>
  );
}

/** What depends on a project directly: how each fared of late, what lets it run, and the ways to its pipeline and log. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { DataTable, optional } from "@/components/data-table";
import { Empty } from "@/components/empty";
import { Loaded } from "@/components/loaded";
import { MiniTicks } from "@/components/mini-ticks";
import { Section } from "@/components/page";
import { StateText } from "@/components/state-badge";
import classes from "@/components/table.module.css";
import { Time } from "@/components/time";
import type { FirstLevelItem, Project } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { asState } from "@/lib/states";
import { useFirstLevel } from "./api/get-first-level";
import { filtersText } from "./filters-text";
import own from "./projects.module.css";

const FEW = 20;
const MANY = 1000;

export function FirstLevel({ project }: { project: Project }) {
  const [limit, setLimit] = useState(FEW);
  const level = useFirstLevel(project.name, limit);
  return (
    <Section title="First level — direct dependents">
      <Loaded query={level} rows={4}>
        {({ items, total, cut }) =>
          items.length ? (
            <>
              <Rows items={items} />
              {total > items.length && (
                <div className={classes.more}>
                  <Button variant="default" size="xs" loading={level.isFetching} onClick={() => setLimit(MANY)}>
                    {cut ? `All ${total} and more` : `All ${total}`}
                  </Button>
                </div>
              )}
            </>
          ) : (
            <Empty title="Nothing depends on it yet">
              A project that is to run after {project.name} names it as its upstream, in its own{" "}
              <Link to={paths.projectSettings(project.name, "dependencies")}>dependencies</Link>.
            </Empty>
          )
        }
      </Loaded>
    </Section>
  );
}

function Rows({ items }: { items: readonly FirstLevelItem[] }) {
  return (
    <DataTable
      label="Direct dependents"
      columns={[
        "State",
        "Project",
        optional("Last 20"),
        "When",
        optional("Join"),
        optional("Filter"),
        { text: "Open", right: true, unseen: true },
      ]}
    >
      {items.map((item) => (
        <Row key={item.id} item={item} />
      ))}
    </DataTable>
  );
}

function Row({ item }: { item: FirstLevelItem }) {
  const { project, state, filters, last } = item;
  return (
    <tr>
      <td className={classes.state}>
        {state ? <StateText state={asState(state)} /> : <span className="muted">–</span>}
      </td>
      <td className={`${classes.nowrap} ${own.dependent}`}>
        {project ? (
          <Link to={paths.project(project.name)}>
            <strong>{project.name}</strong>
          </Link>
        ) : (
          <span className="muted">Private project</span>
        )}
        {item.enabled === false && <span className={own.demo}>off</span>}
        {item.target && <span className={own.under}>{item.target === "agent" ? "own agents" : item.target}</span>}
      </td>
      <td className={`${classes.nowrap} ${classes.optional}`}>{project && <MiniTicks last={last} />}</td>
      <td className={classes.nowrap}>
        <Time at={item.at} />
      </td>
      <td className={classes.optional}>{item.join}</td>
      <td className={`${classes.optional} ${own.filter}`}>{filters && filtersText(filters)}</td>
      <td className={`${classes.right} ${own.ways}`}>
        <Ways item={item} />
      </td>
    </tr>
  );
}

/** The event, the run in its CI system, the log; only those that there are. */
function Ways({ item: { project, tree_id, sub_id, run_url, build_id } }: { item: FirstLevelItem }) {
  if (!project) return null;
  return (
    <>
      {tree_id && sub_id && (
        <Link to={paths.event(tree_id, sub_id)} aria-label={`Open the last event of ${project.name}`}>
          Open
        </Link>
      )}
      {run_url && !build_id && (
        <a href={run_url} target="_blank" rel="noreferrer" aria-label={`Pipeline of ${project.name}, in its CI system`}>
          Pipeline ↗
        </a>
      )}
      {build_id && (
        <Link to={paths.build(build_id)} aria-label={`Log of the last run of ${project.name}`}>
          Log
        </Link>
      )}
    </>
  );
}

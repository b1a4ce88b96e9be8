/** What GitHub or GitLab told of the project's repository by its webhook, and what came of it. */
import { Link } from "react-router";
import { DataTable, optional } from "@/components/data-table";
import { Empty } from "@/components/empty";
import form from "@/components/forms.module.css";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import { itemsOf, More } from "@/components/rows-of-pages";
import classes from "@/components/table.module.css";
import { Time } from "@/components/time";
import type { HookDelivery, Project } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { useHookDeliveries } from "../api/hook-deliveries";

export function HookDeliveries({ project }: { project: Project }) {
  const deliveries = useHookDeliveries(project.name);
  return (
    <Section title="What the webhook told">
      <Loaded query={deliveries} rows={3}>
        {(data) =>
          itemsOf(data).length ? (
            <DataTable label="Deliveries" columns={["When", "Event", "What came of it", optional("Repository")]}>
              {itemsOf(data).map((delivery) => (
                <Row key={delivery.id} delivery={delivery} />
              ))}
            </DataTable>
          ) : (
            <Empty title="Nothing was told yet">
              With the webhook, a push or a pull request starts builds within seconds. What it tells is listed here for
              30 days, each delivery once.
            </Empty>
          )
        }
      </Loaded>
      <More query={deliveries} />
    </Section>
  );
}

function Row({ delivery }: { delivery: HookDelivery }) {
  const { event, delivery: id, replayed, received_at, repository, text, builds } = delivery;
  return (
    <tr>
      <td className={classes.nowrap}>
        <Time at={received_at} />
      </td>
      <td>
        <span className="mono">{event}</span>
        {replayed && <span className={classes.under}>fetched later: it had not arrived</span>}
      </td>
      <td className={`${form.name} in-text`}>
        {text}{" "}
        {builds.map((build) => (
          <Link key={build.id} to={paths.build(build.id)}>
            #{build.number}{" "}
          </Link>
        ))}
      </td>
      <td className={classes.optional}>
        {repository}
        <span className={`${classes.under} mono`}>{id}</span>
      </td>
    </tr>
  );
}

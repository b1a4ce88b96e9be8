/** Failed deliveries as rows: of which event, how often tried, and how the answer was read. */
import { Link } from "react-router";
import { DataTable, optional, right } from "@/components/data-table";
import classes from "@/components/table.module.css";
import { Time } from "@/components/time";
import type { FailedDelivery } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import own from "./admin.module.css";

interface Props {
  deliveries: readonly FailedDelivery[];
  /** Given where rows can be chosen. */
  chosen?: ReadonlySet<string>;
  onChoose?(ids: ReadonlySet<string>): void;
}

export function DeliveryRows({ deliveries, chosen, onChoose }: Props) {
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChoose?.(next);
  };
  const all = chosen?.size === deliveries.length;
  const chooseAll = () => onChoose?.(new Set(all ? [] : deliveries.map(({ id }) => id)));
  return (
    <DataTable
      label="Failed deliveries"
      columns={[
        ...(chosen ? [{ text: <Box label="All of them" checked={all} onChange={chooseAll} /> }] : []),
        "Project",
        "How the answer was read",
        right("Tries"),
        optional("Last try"),
        optional(chosen ? "Given up" : "Next try"),
      ]}
    >
      {deliveries.map((one) => (
        <tr key={one.id}>
          {chosen && (
            <td>
              <Box
                label={`${one.project.name} in the tree of ${one.root.project.name}`}
                checked={chosen.has(one.id)}
                onChange={() => toggle(one.id)}
              />
            </td>
          )}
          <Row delivery={one} />
        </tr>
      ))}
    </DataTable>
  );
}

function Box({ label, checked, onChange }: { label: string; checked: boolean; onChange(): void }) {
  return <input type="checkbox" className={own.box} aria-label={label} checked={checked} onChange={onChange} />;
}

function Row({ delivery }: { delivery: FailedDelivery }) {
  const { project, tree_id, sub_id, root, reading, url, kind, tries } = delivery;
  return (
    <>
      <td className={classes.nowrap}>
        <Link to={paths.event(tree_id, sub_id, "deliveries")}>
          <strong>{project.name}</strong> {sub_id}
        </Link>
        <span className={classes.under}>
          {kind === "cancel" ? "cancellation, " : ""}of {root.project.name}{" "}
          {root.commit && <span className="mono">{root.commit.slice(0, 7)}</span>}
        </span>
      </td>
      <td className={own.reading}>
        {reading ?? <span className="muted">–</span>}
        {url && <span className={`${classes.under} mono`}>{url}</span>}
      </td>
      <td className={`${classes.right} num`}>{tries}</td>
      <td className={`${classes.nowrap} ${classes.optional}`}>
        <Time at={delivery.last_try_at} />
      </td>
      <td className={`${classes.nowrap} ${classes.optional}`}>
        <Time at={delivery.next_try_at ?? delivery.given_up_at} />
      </td>
    </>
  );
}

import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { DataTable, optionalRight, right } from "@/components/data-table";
import classes from "@/components/table.module.css";
import type { PreviewEvent } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { formatDuration } from "@/lib/time";
import own from "./preview.module.css";
import { inOrder, nameOf, usualText } from "./preview-model";

const FIRST = 100;

/** The events in the order in which they would start; the critical ones in bold. */
export function EventRows({ events, critical }: { events: readonly PreviewEvent[]; critical: ReadonlySet<string> }) {
  const [all, setAll] = useState(false);
  const rows = inOrder(events);
  return (
    <>
      <DataTable
        label="Events in order"
        columns={["Event", right("Starts after"), optionalRight("Usually takes"), "Why"]}
      >
        {(all ? rows : rows.slice(0, FIRST)).map((event) => (
          <Row key={event.sub_id} event={event} critical={critical.has(event.sub_id)} />
        ))}
      </DataTable>
      {!all && rows.length > FIRST && (
        <div className={own.more}>
          <Button variant="default" size="xs" onClick={() => setAll(true)}>
            Show all {rows.length}
          </Button>
        </div>
      )}
    </>
  );
}

function Row({ event, critical }: { event: PreviewEvent; critical: boolean }) {
  const { starts_after_s: after, would_run } = event;
  return (
    <tr className={would_run ? undefined : own.off}>
      <td className={`${classes.nowrap} in-text`}>
        {event.project === null ? (
          <span className="muted">{nameOf(event)}</span>
        ) : (
          <Link to={paths.project(event.project)} className={critical ? own.critical : undefined}>
            {event.project}
          </Link>
        )}{" "}
        <span className="muted">{event.sub_id}</span>
      </td>
      <td className={classes.right}>
        {after === null ? "skipped" : after === 0 ? "at once" : formatDuration(after * 1000)}
      </td>
      <td className={`${classes.right} ${classes.optional}`}>{would_run ? usualText(event) : ""}</td>
      <td className={own.why}>{event.reason?.text}</td>
    </tr>
  );
}

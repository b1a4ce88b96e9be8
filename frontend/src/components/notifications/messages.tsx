/** What a notification rule told, or waits to tell, and what came of it. */
import { type RulesOf, useMessages } from "@/lib/api/calls/notifications";
import type { NotificationMessage, NotificationRule } from "@/lib/api/types";
import { formatDuration } from "@/lib/time";
import { DataTable, optional } from "../data-table";
import { Empty } from "../empty";
import form from "../forms.module.css";
import { Loaded } from "../loaded";
import { Section } from "../page";
import { itemsOf, More } from "../rows-of-pages";
import { StateIcon } from "../state-icon";
import classes from "../table.module.css";
import { Time } from "../time";
import { standingOf, toldText } from "./model";

interface Props {
  of: RulesOf;
  rule: NotificationRule;
}

export function Messages({ of, rule }: Props) {
  const messages = useMessages(of, rule.id);
  return (
    <Section title="Messages" actions={<span className="muted">{rule.label}</span>}>
      <Loaded query={messages} rows={3}>
        {(data) =>
          itemsOf(data).length ? (
            <DataTable label="Messages" columns={["What", "Answer", optional("Tries"), "When"]}>
              {itemsOf(data).map((message) => (
                <Row key={message.id} message={message} />
              ))}
            </DataTable>
          ) : (
            <Empty title="Nothing was told yet">Send a test, or wait until something happens that it tells of.</Empty>
          )
        }
      </Loaded>
      <More query={messages} />
    </Section>
  );
}

function Row({ message }: { message: NotificationMessage }) {
  const { event, about, url, reading, duration_ms, tries, created_at, finished_at, next_try_at } = message;
  const [state, text] = standingOf(message);
  const what = event === "test" ? "Test" : toldText([event]);
  return (
    <tr>
      <td className={classes.nowrap}>
        {url ? <a href={url}>{what}</a> : what}
        <span className={classes.under}>{about}</span>
      </td>
      <td className={form.name}>
        <span className={form.standing}>
          <StateIcon state={state} size={14} /> {text}
        </span>
        <span className={classes.under}>
          {reading} {duration_ms !== null && `(${formatDuration(duration_ms)})`}
        </span>
      </td>
      <td className={`${classes.optional} num`}>{tries}</td>
      <td className={classes.nowrap}>
        <Time at={finished_at ?? created_at} />
        {next_try_at && (
          <span className={classes.under}>
            next try <Time at={next_try_at} />
          </span>
        )}
      </td>
    </tr>
  );
}

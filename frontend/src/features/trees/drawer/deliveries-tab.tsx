import { Empty } from "@/components/empty";
import { Loaded } from "@/components/loaded";
import { Time } from "@/components/time";
import type { Deliveries } from "@/lib/api/types";
import { formatDuration } from "@/lib/time";
import { useDeliveries } from "../api/get-deliveries";
import classes from "./drawer.module.css";

/** What was said to the CI system, what it answered, and how that was read. */
export function DeliveriesTab({ tree, sub }: { tree: string; sub: string }) {
  return (
    <Loaded query={useDeliveries(tree, sub)} rows={3}>
      {({ items }) =>
        items.length ? (
          <ol className={classes.list}>
            {items.map((delivery) => (
              <Delivery key={`${delivery.id} ${delivery.number}`} delivery={delivery} />
            ))}
          </ol>
        ) : (
          <Empty title="Nothing was sent">Either the event has not been triggered, or an own agent fetched it.</Empty>
        )
      }
    </Loaded>
  );
}

function Delivery({ delivery }: { delivery: Deliveries["items"][number] }) {
  const { request, response } = delivery;
  return (
    <li className={classes.item}>
      <span className={classes.line}>
        <strong>
          Attempt {delivery.attempt}, try {delivery.number}
        </strong>
        <span>{delivery.state}</span>
        {response && <span className="mono">HTTP {response.status}</span>}
        <span className="muted">
          <Time at={delivery.requested_at} />
          {delivery.duration_ms !== null && ` · ${formatDuration(delivery.duration_ms)}`}
        </span>
      </span>
      {delivery.reading && <p>{delivery.reading}</p>}
      {delivery.next_try_at && (
        <p className="muted">
          Next try: <Time at={delivery.next_try_at} />
        </p>
      )}
      {request && (
        <details>
          <summary className="mono">
            {request.method} {request.url}
          </summary>
          <pre className={classes.pre}>{asText(request.body)}</pre>
        </details>
      )}
      {response?.body && (
        <details>
          <summary>Answer</summary>
          <pre className={classes.pre}>{asText(response.body)}</pre>
        </details>
      )}
    </li>
  );
}

/** JSON is laid out, whether it comes as text or parsed; anything else is shown as it is. */
function asText(body: unknown): string {
  if (body === null || body === undefined) return "(no body)";
  if (typeof body !== "string") return JSON.stringify(body, null, 2);
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

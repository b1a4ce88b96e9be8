import { Button } from "@mantine/core";
import { Empty } from "@/components/empty";
import { Loaded } from "@/components/loaded";
import { Time } from "@/components/time";
import type { Deliveries } from "@/lib/api/types";
import { isFinal } from "@/lib/states";
import { formatDuration } from "@/lib/time";
import { useNow } from "@/lib/use-now";
import type { Acts } from "../acts/use-acts";
import { useDeliveries } from "../api/get-deliveries";
import type { TreeRow } from "../tree-model";
import classes from "./drawer.module.css";

type Delivery = Deliveries["items"][number];

interface Props {
  tree: string;
  sub: string;
  row: TreeRow | undefined;
  /** Null for who may not act on it. */
  acts: Acts | null;
}

/** What was said to the CI system, what it answered, and how that was read; newest first. */
export function DeliveriesTab({ tree, sub, row, acts }: Props) {
  const deliveries = useDeliveries(tree, sub, row !== undefined && !isFinal(row.state));
  return (
    <Loaded query={deliveries} rows={3}>
      {({ items }) =>
        items.length ? (
          <>
            {row?.state === "undeliverable" && acts && (
              <p className={classes.redeliver}>
                <span>Given up: it is not tried again by itself.</span>
                <Button
                  variant="default"
                  size="xs"
                  disabled={acts.pending !== null}
                  onClick={() => acts.ask({ do: "redeliver", sub })}
                >
                  Redeliver now
                </Button>
              </p>
            )}
            <ol className={classes.list}>
              {[...items].reverse().map((delivery) => (
                <One key={`${delivery.id} ${delivery.kind} ${delivery.number}`} delivery={delivery} />
              ))}
            </ol>
          </>
        ) : (
          <Empty title="Nothing was sent">Either the event has not been triggered, or an own agent fetched it.</Empty>
        )
      }
    </Loaded>
  );
}

const OUTCOME: Record<string, string> = { delivered: "✓ delivered", retrying: "↻ tried again", failed: "✕ failed" };

function One({ delivery }: { delivery: Delivery }) {
  const { request, response } = delivery;
  return (
    <li className={classes.item}>
      <span className={classes.line}>
        <strong>
          {delivery.kind === "cancel" ? "Cancel" : "Trigger"}, attempt {delivery.attempt}, try {delivery.number}
        </strong>
        <span>{OUTCOME[delivery.state] ?? delivery.state}</span>
        {response?.status && <span className="mono">HTTP {response.status}</span>}
      </span>
      {delivery.reading && <p>{delivery.reading}</p>}
      <p className="muted">
        <Time at={delivery.requested_at} />
        {delivery.duration_ms !== null && ` · took ${formatDuration(delivery.duration_ms)}`}
        {delivery.next_try_at && <NextTry at={delivery.next_try_at} />}
      </p>
      {request.url !== "-" && (
        <details>
          <summary className="mono">
            {request.method} {request.url}
          </summary>
          <p className="muted">Secrets are masked.</p>
          <Body label="Request" of={request.body} />
        </details>
      )}
      {response?.body && (
        <details>
          <summary>Answer</summary>
          <Body label="Answer" of={response.body} />
        </details>
      )}
    </li>
  );
}

function Body({ label, of }: { label: string; of: unknown }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section tabIndex={0} aria-label={label} className={classes.pre}>
      <pre>{asText(of)}</pre>
    </section>
  );
}

/** Counts down; the moment itself is in the tooltip of the time above. */
function NextTry({ at }: { at: string }) {
  const left = Date.parse(at) - useNow();
  return <strong> · next try {left > 0 ? `in ${formatDuration(Math.max(1000, left))}` : "now"}</strong>;
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

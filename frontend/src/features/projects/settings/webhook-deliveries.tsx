/** What was sent to one webhook: each message with its body, the answer to the last try, and when the next one is. */
import { Button } from "@mantine/core";
import { Copyable } from "@/components/copyable";
import { Empty } from "@/components/empty";
import form from "@/components/forms.module.css";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import { ProblemNote } from "@/components/problem-note";
import { itemsOf, More } from "@/components/rows-of-pages";
import { StateIcon } from "@/components/state-icon";
import { Time } from "@/components/time";
import type { Project, Webhook, WebhookDelivery } from "@/lib/api/types";
import { formatDuration } from "@/lib/time";
import { useRedeliverMessage, useWebhookDeliveries } from "../api/webhooks";
import settings from "./settings.module.css";
import { isOver, standingOf } from "./webhook-model";

interface Props {
  project: Project;
  webhook: Webhook;
}

export function WebhookDeliveries({ project, webhook }: Props) {
  const deliveries = useWebhookDeliveries(project.name, webhook.id);
  return (
    <Section title="Deliveries" actions={<span className="muted">{new URL(webhook.url).host}</span>}>
      <Loaded query={deliveries} rows={3}>
        {(data) =>
          itemsOf(data).length ? (
            <ul className={settings.deliveries} aria-label="Deliveries">
              {itemsOf(data).map((delivery) => (
                <Delivery key={delivery.id} project={project} webhook={webhook} delivery={delivery} />
              ))}
            </ul>
          ) : (
            <Empty title="Nothing was sent yet">Send a test, or wait until something happens that it is told of.</Empty>
          )
        }
      </Loaded>
      <More query={deliveries} />
    </Section>
  );
}

function Delivery({ project, webhook, delivery }: Props & { delivery: WebhookDelivery }) {
  const again = useRedeliverMessage(project.name, webhook.id);
  const { state, text } = standingOf(delivery);
  const { status, reading, tries, duration_ms, next_try_at } = delivery;
  return (
    <li>
      <details>
        <summary className={settings.told}>
          <StateIcon state={state} /> <strong className="mono">{delivery.type}</strong> {text}{" "}
          {status !== null && <span className="num">{status}</span>}
        </summary>
        <div className={settings.sent}>
          <dl className={settings.claims}>
            <div>
              <dt>Answer</dt>
              <dd>
                {reading ?? "none yet"}
                {duration_ms !== null && <span className="muted num"> after {formatDuration(duration_ms)}</span>}
              </dd>
            </div>
            <div>
              <dt>Tries</dt>
              <dd className="num">{tries}</dd>
            </div>
            {next_try_at && (
              <div>
                <dt>Next try</dt>
                <dd>
                  <Time at={next_try_at} />
                </dd>
              </div>
            )}
            <div>
              <dt>webhook-id</dt>
              <dd className="mono">{delivery.id}</dd>
            </div>
          </dl>
          <Copyable label={`request of ${delivery.id}`} text={JSON.stringify(delivery.body, null, 2)} />
          <div className={form.row}>
            <Button
              size="compact-sm"
              variant="default"
              disabled={!isOver(delivery) || !webhook.enabled}
              loading={again.isPending}
              onClick={() => again.mutate(delivery.id)}
            >
              Redeliver
            </Button>
            <span className={form.note}>{whyNot(webhook, delivery)}</span>
          </div>
          <ProblemNote error={again.error} />
        </div>
      </details>
      <span>
        <Time at={delivery.finished_at ?? delivery.created_at} />
      </span>
    </li>
  );
}

function whyNot(webhook: Webhook, delivery: WebhookDelivery): string {
  if (!webhook.enabled) return "The webhook is switched off: enable it first.";
  return isOver(delivery) ? "Under the same id, so that the receiver knows it again." : "It is still being tried.";
}

/** Webhooks: who is told what happens in the project, what came of the last message, and all that was sent. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { Empty } from "@/components/empty";
import form from "@/components/forms.module.css";
import { Loaded } from "@/components/loaded";
import { Section } from "@/components/page";
import { ProblemNote } from "@/components/problem-note";
import { StateIcon } from "@/components/state-icon";
import classes from "@/components/table.module.css";
import { Time } from "@/components/time";
import type { Project, Webhook } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import { formatDuration } from "@/lib/time";
import { useChangeWebhook, useLastWebhookDelivery, useTestWebhook, useWebhooks } from "../api/webhooks";
import settings from "./settings.module.css";
import { WebhookDeliveries } from "./webhook-deliveries";
import { RemoveWebhook, RotateWebhook, WebhookDialog } from "./webhook-dialogs";
import { standingOf } from "./webhook-model";

export function WebhooksSection({ project }: { project: Project }) {
  const webhooks = useWebhooks(project.name);
  const [adding, setAdding] = useState(false);
  const [params] = useSearchParams();
  const shown = webhooks.data?.items.find((one) => one.id === params.get("webhook"));
  return (
    <>
      <Section
        title="Webhooks"
        actions={
          <>
            <Link to={paths.help("webhooks")}>What is sent</Link>
            <Button size="xs" variant="default" onClick={() => setAdding(true)}>
              Add a webhook
            </Button>
          </>
        }
      >
        <Loaded query={webhooks} rows={2}>
          {({ items }) =>
            items.length ? (
              <ul className={settings.hooks} aria-label="Webhooks">
                {items.map((webhook) => (
                  <Row key={webhook.id} webhook={webhook} project={project} />
                ))}
              </ul>
            ) : (
              <Empty title="No webhook yet">
                A webhook tells another program what happens in {project.name}: a chat, a dashboard, an archive. Each
                message is signed, and tried again for three days.
              </Empty>
            )
          }
        </Loaded>
      </Section>
      {shown && <WebhookDeliveries key={shown.id} project={project} webhook={shown} />}
      {adding && <WebhookDialog project={project} onClose={() => setAdding(false)} />}
    </>
  );
}

interface Props {
  project: Project;
  webhook: Webhook;
}

function Row({ project, webhook }: Props) {
  const { id, url, format, events, enabled, disabled_because } = webhook;
  const [params] = useSearchParams();
  const open = params.get("webhook") === id;
  return (
    <li className={settings.hook}>
      <div>
        <Link
          className={settings.address}
          to={open ? "?" : `?webhook=${id}`}
          replace
          aria-current={open || undefined}
          title={open ? "Hide its deliveries" : "Show its deliveries"}
        >
          {url}
        </Link>
        <span className={classes.under}>
          {events.join(", ")}; as {format === "cdevents" ? "CDEvents" : "JSON"}
        </span>
        {!enabled && (
          <p className={settings.warning} role="status">
            Nothing is sent to it. {disabled_because}
          </p>
        )}
        <Last project={project} webhook={webhook} />
      </div>
      <Acts project={project} webhook={webhook} />
    </li>
  );
}

/** What came of the message before, without which nobody knows whether it works. */
function Last({ project, webhook }: Props) {
  const last = useLastWebhookDelivery(project.name, webhook.id);
  if (!last.data) return last.data === null && <span className={classes.under}>Nothing was sent yet</span>;
  const { type, finished_at, created_at, reading, duration_ms } = last.data;
  const { state, text } = standingOf(last.data);
  return (
    <span className={settings.last} role="status">
      <StateIcon state={state} size={14} /> {type} {text} <Time at={finished_at ?? created_at} />
      <span className="muted">
        {reading} {duration_ms !== null && formatDuration(duration_ms)}
      </span>
    </span>
  );
}

function Acts({ project, webhook }: Props) {
  const test = useTestWebhook(project.name, webhook.id);
  const change = useChangeWebhook(project.name, webhook.id);
  const [dialog, setDialog] = useState<"change" | "rotate" | "remove" | null>(null);
  const close = () => setDialog(null);
  const named = (text: string) => `${text} (${webhook.url})`;
  return (
    <>
      <div className={form.row}>
        <Act
          text="Send a test"
          label={named("Send a test")}
          busy={test.isPending}
          onClick={() => test.mutate(undefined)}
        />
        <Act
          text={webhook.enabled ? "Switch off" : "Enable again"}
          label={named(webhook.enabled ? "Switch off" : "Enable again")}
          busy={change.isPending}
          onClick={() => change.mutate({ enabled: !webhook.enabled })}
        />
        <Act text="Change…" label={named("Change…")} onClick={() => setDialog("change")} />
        <Act text="New secret…" label={named("New secret…")} onClick={() => setDialog("rotate")} />
        <Act text="Remove…" label={named("Remove…")} danger onClick={() => setDialog("remove")} />
      </div>
      <ProblemNote error={test.error ?? change.error} fields />
      {dialog === "change" && <WebhookDialog project={project} webhook={webhook} onClose={close} />}
      {dialog === "rotate" && <RotateWebhook project={project} webhook={webhook} onClose={close} />}
      {dialog === "remove" && <RemoveWebhook project={project} webhook={webhook} onClose={close} />}
    </>
  );
}

interface ActProps {
  text: string;
  label: string;
  busy?: boolean;
  danger?: boolean;
  onClick(): void;
}

function Act({ text, label, busy = false, danger = false, onClick }: ActProps) {
  return (
    <Button
      size="compact-xs"
      variant="subtle"
      color={danger ? "danger" : undefined}
      aria-label={label}
      loading={busy}
      onClick={onClick}
    >
      {text}
    </Button>
  );
}

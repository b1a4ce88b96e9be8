/** Outgoing webhooks as they are written and read on the page. */

import type { Webhook, WebhookCreate, WebhookDelivery } from "@/lib/api/types";
import type { State } from "@/lib/states";

type Event = Webhook["events"][number];

/** What a webhook can be told of; `standard`: whether there is a CDEvent for it. */
export const EVENTS: readonly { event: Event; does: string; standard: boolean }[] = [
  { event: "event.accepted", does: "The project reported a run by itself; a success opens a tree.", standard: true },
  {
    event: "event.state_changed",
    does: "An event of the project changed its state, in whoever's tree.",
    standard: true,
  },
  { event: "tree.opened", does: "A tree was opened of which the project is the root.", standard: false },
  { event: "tree.finished", does: "Such a tree ended; again when it was run again.", standard: false },
  { event: "build.finished", does: "A build of the project on our own agents ended.", standard: false },
];

/** The webhook that the form describes; what its format cannot say is left out. */
export function webhookOf(form: FormData): WebhookCreate {
  const format = form.get("format") === "cdevents" ? "cdevents" : "json";
  const chosen = new Set(form.getAll("events").map(String));
  const events = EVENTS.filter(({ event, standard }) => chosen.has(event) && (format === "json" || standard));
  return { url: String(form.get("url") ?? "").trim(), format, events: events.map(({ event }) => event) };
}

interface Standing {
  /** The icon that it is shown with. */
  state: State;
  text: string;
}

/** How a message to a webhook stands. */
export function standingOf({ state, tries }: Pick<WebhookDelivery, "state" | "tries">): Standing {
  switch (state) {
    case "done":
      return { state: "success", text: "taken" };
    case "dead":
      return { state: "failed", text: "given up" };
    case "leased":
      return { state: "running", text: "on its way" };
    case "pending":
      return tries ? { state: "queued", text: "tried again" } : { state: "waiting", text: "waits" };
  }
}

/** Whether it can be sent again by hand. */
export const isOver = ({ state }: Pick<WebhookDelivery, "state">): boolean => state === "done" || state === "dead";

/** Notification rules as they are written and read on the page. */
import type { NotificationChannel, NotificationMessage, NotificationRule, NotificationRuleNew } from "@/lib/api/types";
import type { State } from "@/lib/states";

type Told = NotificationRule["events"][number];

/** What each thing that can be told is called, the usual first. */
export const EVENTS: readonly [event: Told, name: string][] = [
  ["first_failure", "First failure"],
  ["recovery", "Recovery"],
  ["undeliverable", "Undeliverable"],
  ["tree_failed", "Failed tree"],
  ["tree_finished", "Every tree"],
  ["failure", "Every failure"],
  ["success", "Every success"],
];

/** What a new rule tells unless something else is chosen: news, and nothing twice. */
export const USUAL: readonly Told[] = ["first_failure", "recovery"];

/** Which projects one's own rule is about. */
export const WHOSE: readonly [which: NonNullable<NotificationRule["scope"]["projects"]>, text: string][] = [
  ["mine", "mine: I am a member, or have starred them"],
  ["starred", "those that I have starred"],
  ["owned", "those that I am an owner of"],
];

/** `First failure, recovery`. */
export function toldText(events: readonly string[]): string {
  const text = EVENTS.filter(([event]) => events.includes(event))
    .map(([, name]) => name.toLowerCase())
    .join(", ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `of those that I am an owner of, on main, release/*`. */
export function scopeText({ branches, projects }: NotificationRule["scope"]): string {
  const whose = projects && `of ${WHOSE.find(([which]) => which === projects)?.[1].replace(/:.*/, "") ?? projects}`;
  const where = branches.length ? `on ${branches.join(", ")}` : "on every branch";
  return [whose, where].filter(Boolean).join(", ");
}

/** How a message of a rule stands. */
export function standingOf({ state, tries }: Pick<NotificationMessage, "state" | "tries">): [State, string] {
  switch (state) {
    case "done":
      return ["success", "told"];
    case "dead":
      return ["failed", "given up"];
    case "leased":
      return ["running", "on its way"];
    case "pending":
      return tries ? ["queued", "tried again"] : ["waiting", "waits"];
  }
}

interface Words {
  label: string;
  description: string;
  placeholder?: string;
}

/** What is asked for of each field of a destination that is plain text. */
export const TEXTS: Record<string, Words> = {
  host: { label: "Server", description: "Its name alone", placeholder: "irc.libera.chat" },
  port: { label: "Port", description: "6697, or 6667 without TLS, if left empty" },
  room: { label: "Channel or person", description: "A channel with its #, or somebody's nick", placeholder: "#builds" },
  nick: { label: "Name there", description: "dominoci, if left empty" },
  to: { label: "To", description: "Addresses, with commas between; each gets a mail of its own" },
};

/** What is written, and never read. */
export const SECRETS: Record<string, Words> = {
  url: { label: "Address", description: "As Apprise writes it." },
  password: { label: "Password of the server", description: "Only where the server asks for one." },
  key: { label: "Key of the channel", description: "Only where the channel has one." },
};

/** Where the address of a channel is made, over there. */
export const MADE_AT: Record<string, string> = {
  slack: "In Slack: your app → Incoming Webhooks → Add New Webhook.",
  discord: "In Discord: the channel's settings → Integrations → Webhooks → Copy Webhook URL.",
  teams: "In Teams: the channel's menu → Workflows → Post to a channel when a webhook request is received.",
};

const list = (text: string) => text.split(/[\s,]+/).filter(Boolean);

/** The rule that the form describes. What is left empty is not sent; without its secret address a destination stays as it is. */
export function ruleOf(form: FormData, { kind, fields }: Pick<NotificationChannel, "kind" | "fields">) {
  const text = (name: string) => String(form.get(name) ?? "").trim();
  const written = (name: string): unknown => {
    if (name === "tls") return form.has("tls");
    if (name === "port") return Number(text(name)) || null;
    return name === "to" ? list(text(name)) : text(name);
  };
  const filled = fields.filter((name) => name === "tls" || text(name)).map((name) => [name, written(name)]);
  const chosen = new Set(form.getAll("events").map(String));
  const which = WHOSE.find(([one]) => one === text("projects"))?.[0];
  return {
    channel: kind,
    destination: Object.fromEntries(filled) as NotificationRuleNew["destination"],
    events: EVENTS.map(([event]) => event).filter((event) => chosen.has(event)),
    scope: { branches: list(text("branches")), ...(which ? { projects: which } : {}) },
  };
}

/** What of it is sent to change a rule: its channel stays, and its secret address where none was typed. */
export function changeOf({ channel, destination, ...rest }: ReturnType<typeof ruleOf>, fields: readonly string[]) {
  const stays = fields.includes("url") && !destination.url;
  return stays ? rest : { ...rest, destination };
}

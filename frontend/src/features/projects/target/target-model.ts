/** What each kind of CI system is asked for. The server checks it; here is only what is shown and sent. */
import type { Target, TargetBody } from "@/lib/api/types";

export type Kind = TargetBody["kind"];
/** The fields of a target that can be read back. */
export type Plain = Exclude<keyof Target, "kind" | "secrets">;
/** The names of secrets that are written, and never read. */
export type Secret = "secret" | "token" | "api_token" | "private_key";

export const KINDS: readonly [kind: Kind, name: string, does: string][] = [
  ["agent", "Our own agents", "Builds run on agents of DominoCI, as the pipelines in the repository say."],
  ["jenkins", "Jenkins", "A job, by the Generic Webhook Trigger plugin or with parameters."],
  ["gitlab", "GitLab", "A pipeline of a GitLab project, on gitlab.com or a server of yours."],
  ["github", "GitHub Actions", "A workflow of a repository, on github.com or an Enterprise server."],
  ["webhook", "Any webhook", "A signed request starts the pipeline, wherever it runs."],
];

const FIELDS: Record<Kind, readonly Plain[]> = {
  agent: ["job", "pipeline", "labels", "priority"],
  jenkins: ["url", "mode", "job", "user", "unstable"],
  gitlab: ["url", "project"],
  github: ["api_url", "repository", "workflow", "event_type", "app_id", "installation_id"],
  webhook: ["url", "cancel_url"],
};

const SECRETS: Record<Kind, readonly Secret[]> = {
  agent: [],
  jenkins: ["token", "api_token"],
  gitlab: ["token", "api_token"],
  github: ["token", "private_key"],
  webhook: ["secret"],
};

/** Every field beside which a refusal is shown. */
export const NAMED = [
  "target.kind",
  ...new Set(Object.values(FIELDS).flatMap((names) => names.map((name) => `target.${name}`))),
  ...new Set(Object.values(SECRETS).flatMap((names) => names.map((name) => `target.${name}`))),
];

/** Where a CI system is when its address is left empty. */
const USUAL: Partial<Record<Kind, string>> = { gitlab: "https://gitlab.com", github: "https://api.github.com" };

/** What a kind of CI system is called in a sentence. */
export const nameOf = (kind: string): string => CALLED[kind] ?? kind;
const CALLED: Record<string, string> = {
  agent: "our own agents",
  jenkins: "Jenkins",
  gitlab: "GitLab",
  github: "GitHub",
  webhook: "the webhook",
};

const isKind = (kind: string): kind is Kind => KINDS.some(([one]) => one === kind);

/** Labels as they are typed, with commas. */
export const labelsOf = (text: string): string[] => text.split(",").flatMap((label) => label.trim() || []);

// what is not sent as the text that was typed
const READ: Partial<Record<Plain | Secret, (text: string) => unknown>> = { labels: labelsOf, priority: Number };

/** The target that the form describes; empty fields are left out, and so are those of other kinds. */
export function targetOf(form: FormData): TargetBody {
  const text = (name: string) => String(form.get(name) ?? "").trim();
  const chosen = text("kind");
  const kind = isKind(chosen) ? chosen : "agent";
  const filled = [...FIELDS[kind], ...SECRETS[kind]].flatMap((name) =>
    text(name) ? [[name, READ[name]?.(text(name)) ?? text(name)]] : [],
  );
  return { kind, ...Object.fromEntries(filled) };
}

/** The address of a kind's CI system: Jenkins, GitLab and webhooks are at `url`, GitHub's API is at `api_url`. */
export const serverField = (kind: Kind): "url" | "api_url" => (kind === "github" ? "api_url" : "url");

/** Scheme, host and port, which decide who is sent a target's secrets; empty for what is no address yet. */
export function originOf(kind: Kind, address: string): string {
  const found = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]+/i.exec(address.trim() || (USUAL[kind] ?? ""));
  return found ? found[0].toLowerCase() : "";
}

/** Whether a target that is to be at this address keeps the secrets that it has. */
export const keepsSecrets = (target: Target, address: string): boolean =>
  originOf(target.kind, address) === originOf(target.kind, target[serverField(target.kind)] ?? "");

/** Whether a secret of this name is set, and since when. */
export const secretOf = (target: Target | undefined, name: Secret | "hook_secret") =>
  target?.secrets.find((one) => one.name === name);

const labelled = (labels: readonly string[]) =>
  labels.length > 0 && `label${labels.length > 1 ? "s" : ""} ${labels.join(" and ")}`;

/** Where a pipeline runs, in a few words: `Jenkins, team/billing at https://jenkins.example`. */
export function targetText(target: Target): string {
  const server = target[serverField(target.kind)];
  const at = server ? ` at ${server}` : "";
  switch (target.kind) {
    case "agent":
      return [
        "our own agents",
        target.job && `job ${target.job}`,
        target.pipeline && `pipeline ${target.pipeline}`,
        labelled(target.labels),
      ]
        .filter(Boolean)
        .join(", ");
    case "webhook":
      return `webhook ${target.url ?? ""}`;
    case "jenkins":
      return `Jenkins${target.job ? `, ${target.job}` : ""}${at}`;
    case "gitlab":
      return `GitLab, ${target.project ?? ""}${at}`;
    case "github":
      return `GitHub Actions, ${target.workflow ?? target.event_type ?? ""} of ${target.repository ?? ""}${at}`;
  }
}

/** The audit log's filters as the address has them, and its changes as pairs. */
import type { AuditItem } from "@/lib/api/types";

export type AuditAction = AuditItem["action"];

export interface AuditFilter {
  who?: string;
  action?: AuditAction;
  object?: string;
  since?: string;
  until?: string;
}

/** All that can be done, as the server knows it. */
export const KNOWN: readonly AuditAction[] = [
  "project.created",
  "project.changed",
  "project.deleted",
  "project.member",
  "owner.created",
  "owner.changed",
  "owner.deleted",
  "owner.member",
  "consent.asked",
  "consent.granted",
  "consent.refused",
  "dependency.added",
  "dependency.changed",
  "dependency.removed",
  "token.created",
  "token.revoked",
  "token.rotated",
  "session.login_link",
  "session.signed_in",
  "project.hook_secret",
  "project.repository_access",
  "secret.set",
  "secret.removed",
  "session.failed",
  "session.signed_out",
  "session.ended",
  "session.password",
  "account.changed",
  "account.settings",
  "user.signed_up",
  "identity.linked",
  "identity.unlinked",
  "invitation.created",
  "invitation.used",
  "invitation.revoked",
  "user.changed",
  "issuer.listed",
  "issuer.removed",
  "trust.added",
  "trust.changed",
  "trust.removed",
  "agent.enrolled",
  "agent.registered",
  "agent.changed",
  "agent.drained",
  "agent.revoked",
  "webhook.created",
  "webhook.changed",
  "webhook.disabled",
  "webhook.removed",
  "webhook.rotated",
  "webhook.redelivered",
  "build.started",
  "build.cancelled",
  "tree.cancelled",
  "tree.rerun",
  "event.cancelled",
  "event.rerun",
  "event.redelivered",
  "demo.loaded",
  "demo.removed",
  "graph.applied",
  "graph.refused",
  "project.repository_hook",
  "project.badge_key",
  "chat.linked",
  "chat.unlinked",
  "job.created",
  "job.changed",
  "job.defined",
  "job.deleted",
  "job.linked",
  "job.unlinked",
  "job.copied",
  "folder.created",
  "folder.changed",
  "folder.deleted",
  "trigger.added",
  "trigger.changed",
  "trigger.removed",
  "trigger.rotated",
  "notification.created",
  "notification.changed",
  "notification.removed",
  "build.approved",
];

const DATE = /^\d{4}-\d\d-\d\d$/;

/** What the address asks for; what cannot be is left out. Days are those of the reader, and `until` is a day that still counts. */
export function filterOf(params: URLSearchParams): AuditFilter {
  const text = (name: string) => params.get(name)?.trim() || undefined;
  const action = KNOWN.find((known) => known === params.get("action"));
  const [since, until] = [dayOf(params.get("since"), 0), dayOf(params.get("until"), 1)];
  const filter = { who: text("who"), action, object: text("object"), since, until };
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

function dayOf(text: string | null, later: number): string | undefined {
  if (!text || !DATE.test(text)) return undefined;
  const [year = 0, month = 1, day = 1] = text.split("-").map(Number);
  const at = new Date(year, month - 1, day + later);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** The same question to the API itself, for taking the answer along. */
export function exportPath(filter: AuditFilter, format: "csv" | "json"): string {
  const query = { ...filter, ...(format === "csv" ? { format } : { limit: "200" }) };
  return `/api/v1/audit?${new URLSearchParams(query)}`;
}

/** Each changed field with what it was and what it is; null where there was, or is, nothing. */
export function changesOf({
  before,
  after,
}: Pick<AuditItem, "before" | "after">): [string, string | null, string | null][] {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return names.map((name) => [name, written(before?.[name]), written(after?.[name])]);
}

function written(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}

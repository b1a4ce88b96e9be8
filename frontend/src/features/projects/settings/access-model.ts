/** The kinds of access to a private repository, and what is sent of the form. */
import type { AccessBody, RepositoryAccess } from "@/lib/api/types";

export type AccessKind = AccessBody["kind"] | "none";

/** With what each kind is used: over ssh, or over https. */
export const ACCESS_KINDS: readonly [kind: AccessKind, name: string, does: string][] = [
  ["none", "None", "Everybody may read it."],
  ["token", "Token", "An access token, or a password, over https."],
  ["ssh", "SSH key", "A deploy key: made here, the repository gets the public half."],
  ["app", "GitHub App", "A token for each build, made from the App's key, that may only read this repository."],
];

const FIELDS: Record<AccessBody["kind"], readonly (keyof AccessBody)[]> = {
  token: ["username", "token"],
  ssh: ["private_key", "known_hosts"],
  app: ["app_id", "installation_id", "api_url", "private_key"],
};

/** Fields that say themselves what is wrong with them. */
export const ACCESS_FIELDS = ["kind", ...new Set(Object.values(FIELDS).flat())];

/** Why a kind is of no use at this address; null where it is. */
export function unfit(kind: AccessKind, origin: string | null): string | null {
  const ssh = Boolean(origin?.startsWith("ssh:"));
  if (kind === "none") return null;
  if (kind === "ssh") return ssh ? null : "For addresses like git@host:path, which this one is not.";
  return ssh ? "For addresses that begin with https://, which this one does not." : null;
}

/** What the form says; null for no access. A secret that is left empty is not sent, so that it stays. */
export function accessOf(form: FormData): AccessBody | null {
  const kind = form.get("kind") as AccessKind;
  if (kind === "none") return null;
  // a form sends line ends as Windows writes them
  const text = (name: string) =>
    String(form.get(name) ?? "")
      .replace(/\r\n/g, "\n")
      .trim();
  const filled = FIELDS[kind].map((name) => [name, text(name)] as const).filter(([, value]) => value);
  return { kind, ...Object.fromEntries(filled) };
}

/** When a secret was set; undefined where it is not. */
export const setOf = (access: RepositoryAccess, kind: AccessKind, name: string) =>
  access.kind === kind ? access.secrets.find((secret) => secret.name === name) : undefined;

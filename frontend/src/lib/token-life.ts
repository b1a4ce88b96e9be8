/** How a token stands, and the spans that may be chosen for one. */
import type { Token } from "@/lib/api/types";
import { formatDuration } from "@/lib/time";

const DAY_MS = 86_400_000;

export const LIVES: [days: string, text: string][] = [
  ["", "never"],
  ["30", "in 30 days"],
  ["90", "in 90 days"],
  ["365", "in a year"],
];

export const OVERLAPS: [hours: string, text: string][] = [
  ["24", "for 24 hours more"],
  ["168", "for a week more"],
  ["1", "for an hour more"],
  ["0", "not at all: it ends at once"],
];

/** The end of a life of so many days as the API takes it; undefined for an endless one. */
export const endOf = (days: string, now: number): string | undefined =>
  days ? new Date(now + Number(days) * DAY_MS).toISOString() : undefined;

/** Whether it can be used, and for how long: "good", "good for 23h 59m more", "ended", "revoked". */
export function standing(
  token: Pick<Token, "revoked_at" | "expires_at">,
  now: number,
): { good: boolean; text: string } {
  if (token.revoked_at) return { good: false, text: "revoked" };
  if (!token.expires_at) return { good: true, text: "does not end" };
  const left = Date.parse(token.expires_at) - now;
  return left > 0 ? { good: true, text: `ends in ${formatDuration(left)}` } : { good: false, text: "ended" };
}

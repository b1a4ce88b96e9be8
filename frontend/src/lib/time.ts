/** Times and durations as people read them. Instants are milliseconds since the epoch, durations milliseconds. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const two = (n: number) => String(n).padStart(2, "0");

export type TimeStyle = "relative" | "local" | "utc";

/** `850 ms`, `42 s`, `3m 09s`, `1h 04m`, `2d 03h`. */
export function formatDuration(ms: number): string {
  const span = Math.max(0, ms);
  if (span < SECOND) return `${Math.round(span)} ms`;
  const seconds = Math.floor(span / SECOND);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${two(seconds % 60)}s`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)}h ${two(Math.floor(seconds / 60) % 60)}m`;
  return `${Math.floor(seconds / 86400)}d ${two(Math.floor(seconds / 3600) % 24)}h`;
}

const UNIT: Record<string, number> = { ms: 1, s: SECOND, m: MINUTE, min: MINUTE, h: HOUR, d: DAY };

/** Reads `90m`, `1h 30m`, `2d 03h`; null for what is no duration. */
export function parseDuration(text: string): number | null {
  const parts = [...text.toLowerCase().matchAll(/(\d+)\s*([a-z]+)/g)];
  const whole = parts
    .map(([part]) => part)
    .join("")
    .replaceAll(" ", "");
  if (!parts.length || whole !== text.toLowerCase().replaceAll(" ", "")) return null;
  const spans = parts.map(([, n, unit]) => Number(n) * (UNIT[unit ?? ""] ?? Number.NaN));
  const sum = spans.reduce((a, b) => a + b, 0);
  return Number.isFinite(sum) ? sum : null;
}

/** Milliseconds from start to end, or to now while it still runs; null when it has not begun. */
export function elapsed(
  start: string | null | undefined,
  end: string | null | undefined,
  now: number = Date.now(),
): number | null {
  if (!start) return null;
  return (end ? Date.parse(end) : now) - Date.parse(start);
}

/** `2026-11-20 14:03` in the viewer's zone. */
export function formatLocal(at: number): string {
  const d = new Date(at);
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${two(d.getHours())}:${two(d.getMinutes())}`;
}

/** `10:03:11` of today, else the date with it, in the viewer's zone. */
export function formatClock(at: number, now: number = Date.now()): string {
  const d = new Date(at);
  const time = `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
  return d.toDateString() === new Date(now).toDateString() ? time : `${formatLocal(at).slice(0, 10)} ${time}`;
}

/** `2026-11-20 14:03:11Z`. */
export function formatUtc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace("T", " ")}Z`;
}

/** "4 min ago" within a day, else the local date and time. */
export function formatRelative(at: number, now: number): string {
  const ago = now - at;
  if (ago >= DAY || ago < -MINUTE) return formatLocal(at);
  if (ago < 5 * SECOND) return "just now";
  if (ago < MINUTE) return `${Math.floor(ago / SECOND)} s ago`;
  if (ago < HOUR) return `${Math.floor(ago / MINUTE)} min ago`;
  return `${Math.floor(ago / HOUR)} h ago`;
}

export function formatTime(at: number, style: TimeStyle, now: number): string {
  if (style === "utc") return formatUtc(at);
  return style === "local" ? formatLocal(at) : formatRelative(at, now);
}

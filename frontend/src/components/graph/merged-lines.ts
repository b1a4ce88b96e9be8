/** The lines between cards when some cards stand for many: one for each pair, that looks like what matters most in it. */
import type { EdgeStyle, GraphLine } from "./edge-style";

const MATTERS: readonly EdgeStyle[] = ["blocked", "pending", "passed", "plain", "filtered", "disabled"];

/** `shownAs` gives the card under which another one is shown. Lines within one card are gone. */
export function mergeLines(lines: readonly GraphLine[], shownAs: (card: string) => string): GraphLine[] {
  const merged = new Map<string, GraphLine>();
  for (const line of lines) {
    const [from, to] = [shownAs(line.from), shownAs(line.to)];
    if (from === to) continue;
    const key = `${from}\u0000${to}`;
    const before = merged.get(key);
    merged.set(
      key,
      before
        ? both(before, line)
        : from === line.from && to === line.to
          ? line
          : { ...line, from, to, hint: undefined },
    );
  }
  return [...merged.values()];
}

function both(a: GraphLine, b: GraphLine): GraphLine {
  const style = MATTERS.indexOf(a.style) <= MATTERS.indexOf(b.style) ? a.style : b.style;
  return { ...a, style, each: a.each || b.each, critical: a.critical || b.critical, hint: undefined };
}

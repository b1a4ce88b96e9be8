/** `#L120` and `#L120-L140` in the address. */
export interface LineRange {
  from: number;
  to: number;
}

export function parseLines(hash: string): LineRange | null {
  const match = /^#L(\d{1,9})(?:-L(\d{1,9}))?$/.exec(hash);
  if (!match) return null;
  const a = Number(match[1]);
  const b = match[2] ? Number(match[2]) : a;
  return a < 1 || b < 1 ? null : { from: Math.min(a, b), to: Math.max(a, b) };
}

export function formatLines({ from, to }: LineRange): string {
  return from === to ? `#L${from}` : `#L${from}-L${to}`;
}

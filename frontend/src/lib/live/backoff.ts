/** Milliseconds before the n-th reconnect (n from 0): doubling from half a second to 15 s, with jitter so that pages do not return together. */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(15_000, 500 * 2 ** Math.min(attempt, 10));
  return ceiling / 2 + (ceiling / 2) * random();
}

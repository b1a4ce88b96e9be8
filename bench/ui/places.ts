/** What `bench/ui/__main__.py` has planted, and where the measures go. */
import { appendFileSync } from "node:fs";
import { join } from "node:path";

interface Places {
  url: string;
  /** The one-time link. */
  link: string;
  results: string;
  /** Ids by number of events. */
  trees: Record<number, string>;
  build: string;
  /** Steps of that build by the number of lines of their logs. */
  steps: Record<number, number>;
  /** A build with one log of 100,000 lines. */
  single: string;
  /** An agent's, with which a build that waits can be claimed. */
  agent_token: string;
}

export const PLACES: Places = JSON.parse(process.env.DOMINOCI_BENCH ?? "{}");

/** Where the session is kept between the measures. */
export const SIGNED_IN = join(PLACES.results ?? "", "../signed-in.json");

interface Measured {
  unit: "ms" | "s" | "KB" | "MB" | "elements" | "requests" | "commits" | "layouts" | "tasks";
  /** The most that the median may be. */
  budget?: number;
  /** How it was measured, where that is not what the budget says. */
  told?: string;
}

/** A line of the table. */
export function record(measure: string, values: number[], { unit, budget, told }: Measured): void {
  const line = { measure, values, unit, budget: budget ?? null, told: told ?? null };
  appendFileSync(PLACES.results, `${JSON.stringify(line)}\n`);
}

/** The same three times: what each run gives, by measure. */
export async function threeTimes<K extends string>(
  run: () => Promise<Record<K, number>>,
): Promise<Record<K, number[]>> {
  const runs = [await run(), await run(), await run()];
  const names = Object.keys(runs[0] ?? {}) as K[];
  return Object.fromEntries(names.map((name) => [name, runs.map((one) => one[name])])) as Record<K, number[]>;
}

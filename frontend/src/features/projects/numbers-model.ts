/** Numbers of a project as figures to show, and the bars of its last runs. */
import type { ProjectNumbers } from "@/lib/api/types";
import { formatDuration } from "@/lib/time";

export interface Figure {
  name: string;
  value: string;
  detail: string;
}

const percent = (value: number | null) => (value === null ? "–" : `${Number(value.toFixed(1))} %`);
const seconds = (value: number | null) => (value === null ? "–" : formatDuration(value * 1000));
const many = (n: number, one: string) => `${n} ${one}${n === 1 ? "" : "s"}`;

/** Only what there is something to say of: a project may set off trees, run within those of others, or both. */
export function figuresOf({ trees, runs, flakiness }: ProjectNumbers): Figure[] {
  return [...(trees.count ? ofTrees(trees) : []), ...(runs.count ? ofRuns(runs) : []), ...ofFlakiness(flakiness)];
}

function ofTrees(trees: ProjectNumbers["trees"]): Figure[] {
  const { first_level: first, all_levels: all } = trees;
  return [
    { name: "Trees", value: String(trees.count) + (trees.cut ? "+" : ""), detail: statesText(trees.by_state) },
    {
      name: "Children failed",
      value: percent(first.failed_percent),
      detail: `of ${many(first.settled, "direct result")}; ${percent(all.failed_percent)} in all levels`,
    },
    { name: "A tree takes", value: seconds(trees.duration_p50_s), detail: `p90 ${seconds(trees.duration_p90_s)}` },
  ];
}

function ofRuns(runs: ProjectNumbers["runs"]): Figure[] {
  const { run_p50_s: p50, run_p90_s: p90, queued_p50_s: queued, queued_p90_s: longest } = runs;
  const before = queued === null ? "" : `; waits ${seconds(queued)} before, p90 ${seconds(longest)}`;
  return [
    { name: "Own runs succeed", value: percent(runs.success_percent), detail: `of ${many(runs.count, "run")}` },
    ...(p50 === null ? [] : [{ name: "A run takes", value: seconds(p50), detail: `p90 ${seconds(p90)}${before}` }]),
  ];
}

function ofFlakiness({ flaky, compared, flaky_percent }: ProjectNumbers["flakiness"]): Figure[] {
  if (!compared) return [];
  const detail = `${flaky} of ${compared} that ran again with the same inputs differed`;
  return [{ name: "Flaky", value: percent(flaky_percent), detail }];
}

function statesText(states: Record<string, number>): string {
  const parts = Object.entries(states).map(([state, n]) => `${n} ${state.replace("_", " ")}`);
  return parts.join(", ") || "none opened";
}

/** The dependents that fail, the worst first. */
export function worst(numbers: ProjectNumbers, most = 5): { name: string; text: string }[] {
  return numbers.dependents
    .filter((one) => one.failed > 0)
    .sort((a, b) => (b.failed_percent ?? 0) - (a.failed_percent ?? 0))
    .slice(0, most)
    .map(({ project, failed, runs, failed_percent }) => ({
      name: project.name,
      text: `${percent(failed_percent)} (${failed} of ${runs})`,
    }));
}

/** What is said beside a deadline, so that it is not set blindly; both in seconds. */
export function deadlineHint(deadline: number | null, p90: number | null): string {
  if (p90 === null) return "No run of the last 30 days to compare with.";
  if (deadline !== null && deadline < p90)
    return `Your p90 is ${seconds(p90)}: more than one run in ten would be cut off.`;
  return `Your p90 is ${seconds(p90)}.`;
}

/** Which job of a workflow with routes a run's page shows. Pure. */
import type { Build, RunJob } from "@/lib/api/types";
import { asState, isBad } from "@/lib/states";

/** The job that the address asks for; else the last that failed, the last that runs, the first that has begun. */
export function jobOf(build: Build, asked: string | null): RunJob | null {
  const begun = build.jobs.filter((job) => job.build_id);
  return (
    build.jobs.find((job) => job.name === asked) ??
    begun.findLast((job) => isBad(asState(job.state))) ??
    begun.findLast((job) => asState(job.state) === "running") ??
    begun[0] ??
    null
  );
}

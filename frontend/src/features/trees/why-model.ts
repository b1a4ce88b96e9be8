/** How the answer to "why" is laid out, and what can be done about it. */
import type { EventDetail, Why } from "@/lib/api/types";
import { asState } from "@/lib/states";

export type Fact = Why["facts"][number];

/** The fact that the present sentence says again, and the others, oldest first: nothing is said twice. */
export function sortFacts(why: Pick<Why, "sentence" | "facts">): { present: Fact | undefined; others: Fact[] } {
  const facts = [...why.facts].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const present = facts.findLast((fact) => fact.text === why.sentence);
  return { present, others: facts.filter((fact) => fact !== present) };
}

export interface NextStep {
  text: string;
  /** Where to look for more. */
  look?: "deliveries" | "project";
}

/** What a person can do about an event that came to nothing; null where nothing needs to be done. */
export function nextStep({ state, reason, target }: Pick<EventDetail, "state" | "reason" | "target">): NextStep | null {
  const code = reason?.code;
  switch (asState(state)) {
    case "undeliverable":
      if (code === "never_started" && target === "agent")
        return { text: "Start an agent that may build this project, then redeliver." };
      return { text: "Mend the project's target or its CI system, then redeliver.", look: "deliveries" };
    case "timed_out":
      return {
        text: "See what became of the run. A result that still comes counts; else rerun, or give the project a longer deadline.",
        look: "project",
      };
    case "skipped":
      if (code === "upstream_failed")
        return { text: "Mend and rerun the root cause; this then waits again and runs by itself." };
      if (code === "filtered")
        return { text: "Nothing, if the filter is right; else change it at the project.", look: "project" };
      return null;
    case "failed":
      return { text: "Mend it and push, or rerun it on the same inputs." };
    default:
      return null;
  }
}

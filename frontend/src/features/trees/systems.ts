/** What people call the kinds of CI systems. Pure. */

const SYSTEMS: Record<string, string> = { jenkins: "Jenkins", gitlab: "GitLab", github: "GitHub" };

/** In a sentence, where it is one of its own. */
export const systemOf = (target: string | null): string => SYSTEMS[target ?? ""] ?? "its CI system";

/** Beside a number: own agents and webhooks have no other name than their kind. */
export const kindOf = (target: string | null): string => SYSTEMS[target ?? ""] ?? target ?? "elsewhere";

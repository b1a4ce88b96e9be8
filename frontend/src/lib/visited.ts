/** What somebody looked at last in this browser: the palette offers it again. Each account has a list of its own. */
import { recall, remember } from "./remembered";

export interface Visit {
  /** The address of the page, without what was chosen on it. */
  to: string;
  text: string;
}

const KEPT = 50;
/** One thing and not a list of them: `/trees/…`, `/projects/core/settings/general`. */
const ONE = /^\/(trees|projects|jobs|builds|agents|combos|owners|help)\/[^/]/;
const NONE = new Set(["/projects/new", "/combos/compare"]);

let whose = "";
const key = () => `dominoci-visited:${whose}`;

/** Whose visits are noted and offered from now on: a user's id. */
export function visitsOf(user: string): void {
  whose = user;
}

/** The newest first. */
export function visits(): Visit[] {
  try {
    const kept: unknown = JSON.parse(recall(key()) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isVisit) : [];
  } catch {
    return [];
  }
}

const isVisit = (one: unknown): one is Visit =>
  typeof one === "object" && one !== null && "to" in one && "text" in one && ONE.test(String(one.to));

/** Notes that the page at this path was opened, under what its title says. */
export function noteVisit(path: string, text: string): void {
  const to = path.replace(/^(\/trees\/[^/]+)\/events\/.*/, "$1");
  if (!whose || !text || NONE.has(to) || !ONE.test(to)) return;
  const others = visits().filter((visit) => visit.to !== to);
  remember(key(), JSON.stringify([{ to, text }, ...others].slice(0, KEPT)));
}

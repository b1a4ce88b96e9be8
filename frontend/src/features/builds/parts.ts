/** The parts of a build's page that are chunks of their own: the log is what one came for. All are fetched at once beside the page. */
import { part } from "@/lib/part";

export const Stages = part(async () => (await import("./stages")).Stages);
export const SideFacts = part(async () => (await import("./side-facts")).SideFacts);
export const BuildActs = part(async () => (await import("./build-acts")).BuildActs);
/** Of few builds; fetched where it is wanted. */
export const Approval = part(async () => (await import("./approval")).Approval);

for (const one of [Stages, SideFacts, BuildActs]) one.fetch();

/** Agents change when they are heard of, and when a build begins or ends; rows keep their places meanwhile. */
import type { LiveMessage } from "@/lib/live/live-client";
import { agentKeys, useLiveLists } from "@/lib/live/use-live-lists";

const NOTHING: readonly string[] = [];
const buildsOnly = (message: LiveMessage): readonly string[] => (message.build ? agentKeys() : NOTHING);

export function useLiveAgents(): void {
  useLiveLists("agents", agentKeys);
  useLiveLists("feed", buildsOnly);
}

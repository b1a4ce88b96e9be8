/** Lists are refetched when the feed says that something in them changed; the feed carries too little to patch them. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { gather } from "./frames";
import type { LiveMessage } from "./live-client";
import { useLive } from "./live-context";

export function useLiveLists(topic: "feed" | "agents", keysOf: (message: LiveMessage) => readonly string[]): void {
  const live = useLive();
  const queries = useQueryClient();
  useEffect(() => {
    const changes = gather<LiveMessage>(
      (messages) => {
        const keys = new Set(messages.flatMap((message) => keysOf(message)));
        for (const key of keys) queries.invalidateQueries({ queryKey: [key] });
      },
      { every: 1000 },
    );
    const end = live.subscribe(
      () => ({ topic }),
      (message) => changes.add(message),
    );
    return () => {
      changes.cancel();
      end();
    };
  }, [live, queries, topic, keysOf]);
}

/** Which lists a message of the feed is about; one that names nothing, or a fresh subscription, may be about anything. */
export function feedKeys(message: LiveMessage): readonly string[] {
  if (message.tree) return ["trees", "projects", "project"];
  if (message.build) return ["builds", "jobs"];
  return ["trees", "builds", "jobs", "projects", "project", "demo"];
}

export const agentKeys = (): readonly string[] => ["agents"];

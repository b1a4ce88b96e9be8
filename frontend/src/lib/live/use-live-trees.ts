/** The feed tells when trees open and finish; to show how far running ones are, their own topics are listened to. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { gather } from "./frames";
import { useLive } from "./live-context";

/** More running trees than this are refreshed with the feed only. */
const LISTENED = 10;

export function useLiveTrees(running: readonly string[]): void {
  const live = useLive();
  const queries = useQueryClient();
  const wanted = running.slice(0, LISTENED).join(" ");
  useEffect(() => {
    const changes = gather(() => void queries.invalidateQueries({ queryKey: ["trees"] }), { every: 1000 });
    const ends = wanted
      .split(" ")
      .filter(Boolean)
      .map((tree) =>
        live.subscribe(
          () => ({ topic: `tree:${tree}` }),
          (message) => {
            if (message.op !== "subscribed") changes.add(undefined);
          },
        ),
      );
    return () => {
      changes.cancel();
      for (const end of ends) end();
    };
  }, [live, queries, wanted]);
}

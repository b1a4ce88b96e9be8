/** What starts a job beside people. */
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import type { TriggerCreate, TriggerUpdate } from "@/lib/api/types";
import { SETUP, useWrite } from "./jobs";

const RESTS_MS = 300;

const triggersQuery = (job: string) =>
  queryOptions({
    queryKey: [SETUP, "triggers", job],
    queryFn: () => unwrap(api.GET("/api/v1/jobs/{job}/triggers", { params: { path: { job } } })),
  });

/** All of a job, newest first: never more than a page. */
export const useTriggers = (job: string) => useQuery(triggersQuery(job));

/** When a schedule would run that is being written; what is wrong with it is the query's error. */
export function useNextRuns(job: string, cron: string, zone: string) {
  const [asked] = useDebouncedValue(cron.trim(), RESTS_MS);
  const [where] = useDebouncedValue(zone.trim(), RESTS_MS);
  return useQuery({
    queryKey: ["next-runs", asked, where],
    queryFn: () =>
      unwrap(
        api.POST("/api/v1/jobs/{job}/triggers/check", {
          params: { path: { job } },
          body: { cron: asked, zone: where || "UTC" },
        }),
      ),
    enabled: asked !== "",
    placeholderData: keepPreviousData,
    retry: false,
  });
}

/** The secret of a webhook is in the answer this once. */
export const useAddTrigger = (job: string) =>
  useWrite((body: TriggerCreate) =>
    unwrap(api.POST("/api/v1/jobs/{job}/triggers", { params: { path: { job } }, body })),
  );

export const useChangeTrigger = (job: string, trigger: string) =>
  useWrite((body: TriggerUpdate) =>
    unwrap(api.PATCH("/api/v1/jobs/{job}/triggers/{trigger}", { params: { path: { job, trigger } }, body })),
  );

export const useRemoveTrigger = (job: string, trigger: string) =>
  useWrite(() => unwrap(api.DELETE("/api/v1/jobs/{job}/triggers/{trigger}", { params: { path: { job, trigger } } })));

/** A new secret; the one before ends at once. */
export const useRotateTrigger = (job: string, trigger: string) =>
  useWrite(() =>
    unwrap(api.POST("/api/v1/jobs/{job}/triggers/{trigger}/rotate", { params: { path: { job, trigger } } })),
  );

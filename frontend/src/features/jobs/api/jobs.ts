/** Jobs: listed, found, made, changed, run. All that is kept of them here is asked anew after each change. */
import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import type { Run } from "@/components/run-form";
import { api, unwrap } from "@/lib/api/client";
import type { Job, JobChange, JobCreate, JobDefinitionBody } from "@/lib/api/types";

/** What shows builds: the live feed has it asked anew. */
const JOBS = "jobs";
/** What only people change. */
export const SETUP = "job-setup";
const PAGE = 50;

interface JobsFilter {
  /** `/` for those in no folder; nothing for all of them. */
  folder?: string;
  q?: string;
}

const jobsQuery = (filter: JobsFilter) =>
  infiniteQueryOptions({
    queryKey: [JOBS, "list", filter],
    queryFn: ({ pageParam }) =>
      unwrap(api.GET("/api/v1/jobs", { params: { query: { ...filter, limit: PAGE, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });

/** Jobs by path, without their copies. */
export const useJobs = (filter: JobsFilter) => useInfiniteQuery(jobsQuery(filter));

const jobQuery = (job: string) =>
  queryOptions({
    queryKey: [JOBS, "one", job],
    queryFn: () => unwrap(api.GET("/api/v1/jobs/{job}", { params: { path: { job } } })),
  });

/** One by id or path, with its definition. */
export const useJob = (job: string) => useQuery(jobQuery(job));

const copiesQuery = (job: string, closed: boolean) =>
  infiniteQueryOptions({
    queryKey: [JOBS, "copies", job, closed],
    queryFn: ({ pageParam }) =>
      unwrap(
        api.GET("/api/v1/jobs/{job}/copies", {
          params: { path: { job }, query: { closed, limit: PAGE, cursor: pageParam } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

/** What it was copied to for branches and pull requests, newest first. */
export const useCopies = (job: string, closed = false) => useInfiniteQuery(copiesQuery(job, closed));

const jobBuildsQuery = (job: string) =>
  infiniteQueryOptions({
    queryKey: ["builds", { job }],
    queryFn: ({ pageParam }) =>
      unwrap(
        api.GET("/api/v1/jobs/{job}/builds", { params: { path: { job }, query: { limit: 20, cursor: pageParam } } }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

/** Its builds, newest first. */
export const useJobBuilds = (job: string) => useInfiniteQuery(jobBuildsQuery(job));

/** Changes something; afterwards all that is shown of jobs and folders is asked anew: by the page that `leave` goes to, where the
 * present address is gone. */
export function useWrite<Body, Answer>(write: (body: Body) => Promise<Answer>, leave?: (answer: Answer) => unknown) {
  const queries = useQueryClient();
  const refetchType = leave ? "none" : "active";
  return useMutation({
    mutationFn: write,
    onSuccess: async (answer) => {
      await Promise.all([JOBS, SETUP].map((key) => queries.invalidateQueries({ queryKey: [key], refetchType })));
      leave?.(answer);
    },
  });
}

export const useCreateJob = () => useWrite((body: JobCreate) => unwrap(api.POST("/api/v1/jobs", { body })));

export const useChangeJob = (job: string, leave?: (changed: Job) => unknown) =>
  useWrite((body: JobChange) => unwrap(api.PATCH("/api/v1/jobs/{job}", { params: { path: { job } }, body })), leave);

/** Its builds stay. */
export const useDeleteJob = (job: string, leave: () => unknown) =>
  useWrite(() => unwrap(api.DELETE("/api/v1/jobs/{job}", { params: { path: { job } } })), leave);

/** Makes the next version of its definition. */
export const useSaveDefinition = (job: string) =>
  useWrite((body: JobDefinitionBody) =>
    unwrap(api.PUT("/api/v1/jobs/{job}/definition", { params: { path: { job } }, body })),
  );

/** From now on builds read the repository's own. */
export const useDropDefinition = (job: string) =>
  useWrite(() => unwrap(api.DELETE("/api/v1/jobs/{job}/definition", { params: { path: { job } } })));

const versionsQuery = (job: string) =>
  infiniteQueryOptions({
    queryKey: [SETUP, "versions", job],
    queryFn: ({ pageParam }) =>
      unwrap(
        api.GET("/api/v1/jobs/{job}/definitions", {
          params: { path: { job }, query: { limit: 20, cursor: pageParam } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

/** The versions of its definition, newest first, without their texts. */
export const useVersions = (job: string) => useInfiniteQuery(versionsQuery(job));

/** One version with its text; it never changes. */
export const useVersion = (job: string, number: number) =>
  useQuery({
    queryKey: [SETUP, "version", job, number],
    queryFn: () => unwrap(api.GET("/api/v1/jobs/{job}/definitions/{number}", { params: { path: { job, number } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Starts a build by hand. */
export function useRunJob(job: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ ref, parameters }: Run) =>
      unwrap(
        api.POST("/api/v1/jobs/{job}/builds", {
          params: { path: { job } },
          body: { parameters, ...(ref ? { ref } : {}) },
        }),
      ),
    onSuccess: () => {
      for (const key of ["builds", JOBS]) void queries.invalidateQueries({ queryKey: [key] });
    },
  });
}

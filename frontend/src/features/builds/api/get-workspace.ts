import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import type { WorkspaceState } from "@/lib/paths";

const workspaceQuery = (build: string, state: WorkspaceState, ended: string) =>
  queryOptions({
    queryKey: ["build", build, "workspace", state, ended],
    queryFn: () => unwrap(api.GET("/api/v1/builds/{build}/workspace", { params: { path: { build }, query: state } })),
    placeholderData: keepPreviousData,
  });

/** A folder of a run's workspace, as a job has left it; read anew when `ended`, which stands for the jobs that have ended, changes. */
export const useWorkspace = (build: string, state: WorkspaceState, ended: string) =>
  useQuery(workspaceQuery(build, state, ended));

import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import { projectKey } from "./get-project";

export const DAYS = 30;

/** What the last days say of a project. They change slowly, so that no message of the feed asks for them anew. */
export const useNumbers = (project: string) =>
  useQuery({
    queryKey: ["numbers", ...projectKey(project)],
    queryFn: () =>
      unwrap(api.GET("/api/v1/projects/{project}/numbers", { params: { path: { project }, query: { days: DAYS } } })),
    staleTime: 60_000,
  });

import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import { projectKey } from "./get-project";

const LOOK_EVERY_MS = 1500;

/** Reports of the project that were refused since the last that was accepted. While somebody waits for the first, it is asked for
 * again and again: a refusal changes nothing that the live feed would tell of. */
export const useRefusals = (project: string, waiting: boolean) =>
  useQuery({
    queryKey: [...projectKey(project), "refusals"],
    queryFn: () => unwrap(api.GET("/api/v1/projects/{project}/refusals", { params: { path: { project } } })),
    refetchInterval: waiting ? LOOK_EVERY_MS : false,
  });

import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import type { Combo } from "@/lib/api/types";
import { projectKey } from "./get-project";

/**
 * What the project's newest success was made of; null when it has not succeeded yet. Whether it has is asked first: the combo
 * itself would be a 404, and browsers write that to the console as an error.
 */
async function getLastCombo(project: string): Promise<Combo | null> {
  const { items } = await unwrap(api.GET("/api/v1/combos", { params: { query: { project, limit: 1 } } }));
  if (!items.length) return null;
  return unwrap(api.GET("/api/v1/projects/{project}/combo", { params: { path: { project } } }));
}

export const useLastCombo = (project: string) =>
  useQuery({ queryKey: [...projectKey(project), "combo"], queryFn: () => getLastCombo(project) });

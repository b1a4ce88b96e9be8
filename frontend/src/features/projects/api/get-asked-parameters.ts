import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { buildQuery } from "@/lib/api/calls/get-build";
import { useBuilds } from "@/lib/api/calls/get-builds";
import type { BuildParameter } from "@/lib/api/types";

const LOOKED_AT = 20;

/** What the pipelines of a project's newest build that has read its definition ask for; null until it is known. */
export function useAskedParameters(project: string): { asked: readonly BuildParameter[] | null; error: unknown } {
  const builds = useBuilds({ project, limit: LOOKED_AT });
  const items = builds.data?.pages[0]?.items;
  const newest = items?.find((build) => build.pipelines.length > 0)?.id;
  // a newer build may appear while somebody types: the fields stay until it is known what that one asks for
  const build = useQuery({
    ...buildQuery(newest ?? ""),
    enabled: newest !== undefined,
    placeholderData: keepPreviousData,
  });
  const error = builds.error ?? build.error;
  if (build.data) return { asked: parametersOf(build.data.pipelines), error };
  return { asked: items && !newest ? [] : null, error };
}

/** Two pipelines may ask for the same parameter: it is given once. */
function parametersOf(
  pipelines: readonly { selected: boolean; parameters: readonly BuildParameter[] }[],
): BuildParameter[] {
  const asked = pipelines.filter((one) => one.selected).flatMap((one) => one.parameters);
  return [...new Map(asked.map((one) => [one.name, one])).values()];
}

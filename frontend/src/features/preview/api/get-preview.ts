import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import type { Wanted } from "@/lib/paths";

/** What a success of the project would set off. Nothing is started; an empty project asks nothing. */
export const usePreview = ({ project = "", ...ref }: Wanted) =>
  useQuery({
    queryKey: ["preview", project, ref],
    queryFn: () => unwrap(api.POST("/api/v1/projects/{project}/preview", { params: { path: { project } }, body: ref })),
    enabled: project !== "",
    placeholderData: keepPreviousData,
  });

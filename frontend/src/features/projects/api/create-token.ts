import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import { tokensQuery } from "./get-tokens";

interface Wanted {
  project: string;
  name: string;
  /** Never, unless said. */
  expires_at?: string;
}

/** Makes a token; the answer is the only time that it is told. */
export function useCreateToken() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ project, ...body }: Wanted) =>
      unwrap(api.POST("/api/v1/projects/{project}/tokens", { params: { path: { project } }, body })),
    onSuccess: (_, { project }) => queries.invalidateQueries({ queryKey: tokensQuery(project).queryKey }),
  });
}

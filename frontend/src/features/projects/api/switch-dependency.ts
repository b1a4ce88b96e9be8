import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

/** Switches a dependency on or off; what it says is kept. */
export function useSwitchDependency(project: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ dependency, enabled }: { dependency: string; enabled: boolean }) =>
      unwrap(
        api.PATCH("/api/v1/projects/{project}/dependencies/{dependency}", {
          params: { path: { project, dependency } },
          body: { enabled },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["project"] }),
  });
}

import { useMutation } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

/** Asks the project's CI system whether it can be used, as it is saved; nothing is started. Answers its steps. */
export function useTestConnection(project: string) {
  return useMutation({
    mutationFn: async () => {
      const { connections } = await unwrap(
        api.POST("/api/v1/projects/{project}/test-connections", {
          params: { path: { project } },
          body: { alone: true },
        }),
      );
      return connections[0] ?? null;
    },
  });
}

import { useMutation } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

/** Asks the project's CI system whether it can be used, as it is saved; nothing is started. Answers its steps. */
export const useTestConnection = (project: string) =>
  useMutation({ mutationFn: async () => (await test(project, true)).connections[0] ?? null });

/** The same of all the projects that a success of this one would trigger. */
export const useTestTree = (project: string) => useMutation({ mutationFn: () => test(project, false) });

const test = (project: string, alone: boolean) =>
  unwrap(api.POST("/api/v1/projects/{project}/test-connections", { params: { path: { project } }, body: { alone } }));

import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

/** Whether the viewer may start and stop builds of the project; false until it is known. The key is that of the project's page. */
export function useMayAct(project: string): boolean {
  const { data } = useQuery({
    queryKey: ["project", project],
    queryFn: () => unwrap(api.GET("/api/v1/projects/{project}", { params: { path: { project } } })),
  });
  return data !== undefined && data.role !== "viewer";
}

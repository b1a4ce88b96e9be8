import { api, unwrap } from "@/lib/api/client";

/** Makes a token in place of another one, which ends after the overlap; the answer is the only time that it is told. */
export const rotateToken = (project: string, token: string, overlap_hours: number) =>
  unwrap(
    api.POST("/api/v1/projects/{project}/tokens/{token}/rotate", {
      params: { path: { project, token } },
      body: { overlap_hours },
    }),
  );

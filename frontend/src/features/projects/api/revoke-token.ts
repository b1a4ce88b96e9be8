import { api, unwrap } from "@/lib/api/client";

/** Ends a token at once. */
export const revokeToken = (project: string, token: string) =>
  unwrap(api.DELETE("/api/v1/projects/{project}/tokens/{token}", { params: { path: { project, token } } }));

/** Which repositories' branches and pull requests a job is copied for. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import type { LinkBody } from "@/lib/api/types";
import { SETUP, useWrite } from "./jobs";

const linksQuery = (job: string) =>
  queryOptions({
    queryKey: [SETUP, "links", job],
    queryFn: () => unwrap(api.GET("/api/v1/jobs/{job}/links", { params: { path: { job } } })),
  });

export const useLinks = (job: string) => useQuery(linksQuery(job));

/** Takes the place of a link that the repository has to another job. */
export const useAddLink = (job: string) =>
  useWrite((body: LinkBody) => unwrap(api.PUT("/api/v1/jobs/{job}/links", { params: { path: { job } }, body })));

export const useRemoveLink = (job: string) =>
  useWrite((link: string) =>
    unwrap(api.DELETE("/api/v1/jobs/{job}/links/{link}", { params: { path: { job, link } } })),
  );

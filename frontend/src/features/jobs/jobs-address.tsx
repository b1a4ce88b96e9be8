/** Which of both an address of jobs means: a folder and a job may share a path. With a slash at its end it is the folder. */
import { useLocation, useParams } from "react-router";
import { Loaded } from "@/components/loaded";
import { isNotFound } from "@/lib/api/problem";
import { useJob } from "./api/jobs";
import { FolderPage } from "./folder-page";
import { JobPage } from "./job-page";

export function JobsAddress() {
  const { "*": splat = "" } = useParams();
  const { pathname } = useLocation();
  const path = splat.replace(/\/+$/, "");
  if (!path || pathname.endsWith("/")) return <FolderPage key={path} path={path} />;
  return <JobOrFolder key={path} path={path} />;
}

function JobOrFolder({ path }: { path: string }) {
  const job = useJob(path);
  if (isNotFound(job.error)) return <FolderPage path={path} />;
  return (
    <Loaded query={job} rows={8}>
      {(data) => <JobPage key={data.id} job={data} />}
    </Loaded>
  );
}

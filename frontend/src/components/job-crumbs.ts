/** The way down to a folder or a job, each part with its address. Pure. */
import type { BuildSummary } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import type { Crumb } from "./crumbs";

/** The folders of a path from the top, by their own paths. */
function foldersOf(path: string): string[] {
  const names = path.split("/").filter(Boolean);
  return names.map((_, i) => names.slice(0, i + 1).join("/"));
}

export const lastName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

const GONE = / \(deleted .*\)$/;

/** Whether a job was deleted: its builds still name it, but it has no page any more. */
export const isGone = (path: string): boolean => GONE.test(path);

/** Where a job stands, or stood. */
export const pathText = (path: string): string => path.replace(GONE, "");

/** Of a folder itself the last one is text. */
export function crumbsOf(folder: string, rest: Crumb[] = []): Crumb[] {
  const folders = foldersOf(folder).map((path) => ({ text: lastName(path), to: paths.jobs(path) }));
  const all: Crumb[] = [{ text: "Jobs", to: paths.jobs() }, ...folders, ...rest];
  const last = all.at(-1);
  return last ? [...all.slice(0, -1), { text: last.text }] : all;
}

type Built = Pick<BuildSummary, "of_job" | "project" | "number">;

/** "tools/hello #12": by its job, else by its project. */
export const nameOfBuild = ({ of_job: job, project, number }: Built): string =>
  `${job ? pathText(job.path) : project.name} #${number}`;

/** The page of what was built. */
export const pageOfBuilt = ({ of_job: job, project }: Built): string =>
  job && !isGone(job.path) ? paths.job(job.path) : paths.project(project.name);

export function crumbsOfBuild(build: Built): Crumb[] {
  const { of_job: job, project, number } = build;
  const rest = [{ text: job?.name ?? project.name, to: pageOfBuilt(build) }, { text: `#${number}` }];
  if (job && !isGone(job.path)) return crumbsOf(folderOf(job.path), rest);
  return [{ text: "Builds", to: paths.builds() }, ...rest];
}

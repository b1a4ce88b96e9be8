/** How jobs and what runs of them are said. Pure. */
import type { JobSummary } from "@/lib/api/types";
import { elapsed } from "@/lib/time";

/** Whether the viewer may run and configure it. */
export const mayChange = ({ role }: Pick<JobSummary, "role">): boolean => role !== "viewer";

type Recent = JobSummary["recent"][number];

/** A build as a bar: how high it is, is how long it took. */
export function runOf({ state, started_at, finished_at }: Recent): { state: string; duration_s: number | null } {
  const took = finished_at ? elapsed(started_at, finished_at) : null;
  return { state, duration_s: took === null ? null : took / 1000 };
}

/** "12 branches, 1 pull request"; nothing where there are none. */
export function copiesText({ branches, pulls }: JobSummary["copies"]): string {
  const parts = [branches && `${branches} ${branches === 1 ? "branch" : "branches"}`];
  parts.push(pulls && `${pulls} pull request${pulls === 1 ? "" : "s"}`);
  return parts.filter(Boolean).join(", ");
}

/** What a copy was made for: "branch feature/x", "pull request #25 Fix it". */
export function copyOf({ kind, ref, pull, name }: JobSummary): string {
  if (kind === "branch") return `branch ${shortRef(ref ?? name)}`;
  if (kind !== "pull_request") return name;
  return `pull request ${pull ? `#${pull.number}` : name}${pull?.title ? ` ${pull.title}` : ""}`;
}

/** `refs/heads/main` as people call it. */
export const shortRef = (ref: string): string => ref.replace(/^refs\/(heads|tags)\//, "");

/** Where the definition comes from, in a sentence's part. */
export function sourceOf({ version, file }: Pick<JobSummary, "version" | "file">): string {
  if (version !== null) return `version ${version} of a definition that is kept here`;
  return file ? `${file} in its repository` : "the file in its repository";
}

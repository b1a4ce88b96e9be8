import type { Project } from "@/lib/api/types";
import { useStarProject } from "./api/star-project";
import classes from "./star.module.css";

/** Keeps a project on one's home page. */
export function StarButton({ project }: { project: Pick<Project, "id" | "name" | "starred"> }) {
  const star = useStarProject(project);
  const on = star.isPending ? star.variables : project.starred;
  return (
    <button
      type="button"
      className={classes.star}
      aria-pressed={on}
      aria-label={`Star ${project.name}`}
      title={on ? `Take ${project.name} off the home page` : `Keep ${project.name} on the home page`}
      onClick={() => star.mutate(!on)}
    >
      <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
        <path d="m8 1.6 2 4.2 4.6.6-3.4 3.2.9 4.6L8 12l-4.1 2.2.9-4.6L1.4 6.4 6 5.8Z" />
      </svg>
    </button>
  );
}

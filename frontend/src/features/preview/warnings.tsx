import { Link } from "react-router";
import { TreeSentence } from "@/components/tree-sentence";
import type { Preview } from "@/lib/api/types";
import { paths } from "@/lib/paths";
import classes from "./preview.module.css";

/** What would come in the way: a tree it waits for, an agent that is missing, a project that is switched off. */
export function Warnings({ warnings }: { warnings: Preview["warnings"] }) {
  if (!warnings.length) return null;
  return (
    <ul className={`${classes.warning} in-text`} aria-label="Warnings">
      {warnings.map(({ code, text, project, tree_id }) => (
        <li key={`${code} ${project} ${tree_id} ${text}`}>
          <TreeSentence text={text} /> {project && <Link to={paths.project(project)}>Open {project}</Link>}
        </li>
      ))}
    </ul>
  );
}
